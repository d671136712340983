package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	kindWitness = 0x04
	timeSize    = 8
)

// A witness's key, a note.Verifier: "Signed notes" of docs/formats/bundle.md. note.NewVerifier knows kind 0x01 only.
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
	at   time.Time // of the last cosignature that held
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("it is not NAME+ID+BASE64")
	}
	octets, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if len(octets) != 1+ed25519.PublicKeySize || octets[0] != kindWitness {
		return nil, errors.New("it is no Ed25519 key of kind 0x04")
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), octets...))
	id := binary.BigEndian.Uint32(digest[:])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, errors.New("its id does not fit it")
	}
	return &witness{name: parts[0], id: id, key: octets[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.id }

// The signature is a time, and Ed25519 over two lines and the text.
func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != timeSize+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text)
	if seconds > math.MaxInt64 || !ed25519.Verify(w.key, []byte(message), signature[timeSize:]) {
		return false
	}
	w.at = time.Unix(int64(seconds), 0).UTC()
	return true
}

// The tree of a checkpoint that the log has signed and every one of the witnesses has cosigned.
func openCheckpoint(octets []byte, key note.Verifier, witnesses []*witness) (tlog.Tree, error) {
	known := []note.Verifier{key}
	for _, each := range witnesses {
		known = append(known, each)
	}
	opened, err := note.Open(octets, note.VerifierList(known...))
	if err != nil {
		return tlog.Tree{}, err
	}
	for _, each := range known {
		if !signedBy(opened, each) {
			return tlog.Tree{}, fmt.Errorf("%s has not signed it", each.Name())
		}
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != key.Name() {
		return tlog.Tree{}, fmt.Errorf("it is of %q, not of %q", origin, key.Name())
	}
	// The same three lines as in Go's own log, but for the first.
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	if err == nil && tree.N == 0 {
		err = errors.New("it has no leaf") // tlog calls the root of nothing zeros, RFC 6962 the hash of nothing
	}
	return tree, err
}

func signedBy(opened *note.Note, key note.Verifier) bool {
	for _, each := range opened.Sigs {
		if each.Name == key.Name() && each.Hash == key.KeyHash() {
			return true
		}
	}
	return false
}
