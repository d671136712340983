package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	mostOctets = tileWidth * (2 + 0xFFFF) // a bundle of the longest entries; nothing is longer
	entrySize  = 33                       // docs/formats/leaf.md: the version's octet, a commitment
	version    = 1
	patience   = 30 * time.Second
)

// What lies below /log/, at an address or in a folder. It is the TileReader of tlog.
type served struct {
	place string
	keep  string // "" or a folder for what was read
	names []string
	tiles map[tlog.Tile][]byte // those that tlog has taken for good
	web   http.Client
}

func newServed(place, keep string) *served {
	return &served{place: place, keep: keep, tiles: map[tlog.Tile][]byte{}, web: http.Client{Timeout: patience}}
}

// The file of that name, of at most mostOctets.
func (log *served) read(name string) ([]byte, error) {
	from, err := log.open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer from.Close()
	octets, err := io.ReadAll(io.LimitReader(from, mostOctets+1))
	if err == nil && len(octets) > mostOctets {
		err = errors.New("it is too long")
	}
	if err == nil && log.keep != "" {
		err = write(filepath.Join(log.keep, name), octets)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	log.names = append(log.names, name)
	return octets, nil
}

func (log *served) open(name string) (io.ReadCloser, error) {
	if !strings.Contains(log.place, "://") {
		return os.Open(filepath.Join(log.place, name))
	}
	answer, err := log.web.Get(strings.TrimSuffix(log.place, "/") + "/" + name)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, errors.New(answer.Status)
	}
	return answer.Body, nil
}

func write(file string, octets []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, octets, 0o644)
}

// Where C2SP tlog-tiles has a tile: without the height, and with the entries at "entries" where sumdb has them at "data".
func tilePath(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if tile.L < 0 {
		rest = "entries" + strings.TrimPrefix(rest, "data")
	}
	return "tile/" + rest
}

func (log *served) Height() int { return tileHeight }

func (log *served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		known := false
		if data[i], known = log.tiles[tile]; known {
			continue
		}
		var err error
		if data[i], err = log.read(tilePath(tile)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (log *served) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		log.tiles[tile] = data[i]
	}
}

// The entries of a bundle: each behind its length in 2 octets, big-endian, `width` of them and nothing else.
func (log *served) entries(number int64, width int) ([][]byte, error) {
	name := tilePath(tlog.Tile{H: tileHeight, L: -1, N: number, W: width})
	bundle, err := log.read(name)
	if err != nil {
		return nil, err
	}
	entries := make([][]byte, width)
	from := bytes.NewReader(bundle)
	for i := range entries {
		var size uint16
		if err := binary.Read(from, binary.BigEndian, &size); err != nil {
			return nil, fmt.Errorf("%s: entry %d of it: %w", name, i, err)
		}
		entries[i] = make([]byte, size)
		if _, err := io.ReadFull(from, entries[i]); err != nil {
			return nil, fmt.Errorf("%s: entry %d of it: %w", name, i, err)
		}
		if size != entrySize || entries[i][0] != version {
			return nil, fmt.Errorf("%s: entry %d of it is no commitment of version %d", name, i, version)
		}
	}
	if from.Len() > 0 {
		return nil, fmt.Errorf("%s: %d octets are left over", name, from.Len())
	}
	return entries, nil
}
