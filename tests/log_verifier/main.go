// A transparency log, checked by somebody else's code: golang.org/x/mod/sumdb, with which Go checks its own. Only what that
// does not know is written here, from docs/formats/log.md and the pages it names: where tiles lie, how entries are framed,
// what a witness signs.
//
//	log_verifier [-witness VKEY]… [-older FILE]… [-keep DIR] LOG VKEY
//
// Ends with 0 and one line of JSON if the log is good, with 1 and "refused: WHERE: WHY" if not, with 2 if it was not
// understood.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// What was found good.
type verdict struct {
	Origin    string               `json:"origin"`
	Size      int64                `json:"size"`
	Root      string               `json:"root"`      // base64, as in the checkpoint
	Entries   int64                `json:"entries"`   // of which the inclusion was checked
	Older     []int64              `json:"older"`     // sizes of the older checkpoints
	Witnesses map[string]time.Time `json:"witnesses"` // when each says that it saw this one
	Read      []string             `json:"read"`      // every file of the log, in the order of reading
}

type words []string

func (list *words) String() string { return fmt.Sprint(*list) }
func (list *words) Set(word string) error {
	*list = append(*list, word)
	return nil
}

func main() {
	var older, vkeys words
	flag.Var(&older, "older", "`FILE` with an older checkpoint that the log must continue; may be repeated")
	flag.Var(&vkeys, "witness", "`VKEY` of a witness that must have cosigned; may be repeated")
	keep := flag.String("keep", "", "write every file as it was read into `DIR`")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "Usage: log_verifier [-witness VKEY]… [-older FILE]… [-keep DIR] LOG VKEY")
		fmt.Fprintln(flag.CommandLine.Output(), "LOG is the address of /log/, or a folder with what is below it.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	key, err := note.NewVerifier(flag.Arg(1))
	orExit(2, "the log's key", err)
	witnesses := make([]*witness, len(vkeys))
	for i, vkey := range vkeys {
		witnesses[i], err = newWitness(vkey)
		orExit(2, "a witness's key", err)
	}
	good, err := verify(newServed(flag.Arg(0), *keep), key, witnesses, older)
	orExit(1, "refused", err)
	orExit(2, "standard output", json.NewEncoder(os.Stdout).Encode(good))
}

func orExit(code int, where string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", where, err)
		os.Exit(code)
	}
}

// All of it: signatures, that the log continues what older checkpoints saw, tiles and entries.
func verify(log *served, key note.Verifier, witnesses []*witness, older []string) (*verdict, error) {
	octets, err := log.read("checkpoint")
	if err != nil {
		return nil, err
	}
	tree, err := openCheckpoint(octets, key, witnesses)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	hashes := tlog.TileHashReader(tree, log)
	good := &verdict{
		Origin: key.Name(), Size: tree.N, Root: tree.Hash.String(),
		Older: []int64{}, Witnesses: map[string]time.Time{},
	}
	for _, file := range older {
		size, err := checkContinues(file, key, tree, hashes)
		if err != nil {
			return nil, fmt.Errorf("older checkpoint %s: %w", file, err)
		}
		good.Older = append(good.Older, size)
	}
	if good.Entries, err = checkEntries(log, tree, hashes); err != nil {
		return nil, err
	}
	for _, each := range witnesses {
		good.Witnesses[each.name] = each.at
	}
	good.Read = log.names
	return good, nil
}

// The root from the tiles, then the inclusion of every entry, by its own proof; gives how many there are. A proof that comes
// from the tiles is held against the signed root: TileHashReader before x/mod 0.40 passes some tiles on without having done
// so (CVE-2026-56865), and Debian 12 has 0.7. Every hash of every tile is in the proof of some entry.
func checkEntries(log *served, tree tlog.Tree, hashes tlog.HashReader) (int64, error) {
	if _, err := tlog.TreeHash(tree.N, hashes); err != nil {
		return 0, fmt.Errorf("tiles: %w", err)
	}
	n := int64(0)
	for n < tree.N {
		entries, err := log.entries(n/tileWidth, int(min(tileWidth, tree.N-n)))
		if err != nil {
			return 0, err
		}
		for _, entry := range entries {
			proof, err := tlog.ProveRecord(tree.N, n, hashes)
			if err != nil {
				return 0, fmt.Errorf("tiles: %w", err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entry)); err != nil {
				return 0, fmt.Errorf("entry %d: %w", n, err)
			}
			n++
		}
	}
	return n, nil
}

// That the tree begins with the one of the checkpoint in the file, whose size it gives.
func checkContinues(file string, key note.Verifier, tree tlog.Tree, hashes tlog.HashReader) (int64, error) {
	octets, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	old, err := openCheckpoint(octets, key, nil)
	if err != nil {
		return 0, err
	}
	if old.N > tree.N {
		return 0, fmt.Errorf("it has %d leaves, the log only %d", old.N, tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return 0, err
	}
	return old.N, tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
