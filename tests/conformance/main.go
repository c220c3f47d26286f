// Checks a published log with the notes and trees of golang.org/x/mod/sumdb, which know nothing of Senim.
//
//	verify <directory> <log vkey> [-old <file>] [<witness vkey>...]
//
// The directory holds checkpoint, tile/<L>/<N>[.p/<W>] and tile/entries/<N>[.p/<W>]. Prints what was checked; exits 1
// and says what is wrong at the first fault.
//
// What the standard tools lack is added here: paths without the height of tiles, the full tile where a partial one is
// gone, and cosignatures (type 0x04).
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// A cosigner verifies cosignature/v1: eight bytes of time, then Ed25519 over a header, the time and the text.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("not a cosigner's key")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the key's id does not fit")
	}
	return &cosigner{parts[0], hash, key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig[:8])
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(c.key, []byte(message), sig[8:])
}

// A head is what a checkpoint says.
type head struct {
	origin string
	tree   tlog.Tree
}

func parseHead(text string) (head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return head{}, errors.New("the checkpoint has fewer than three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return head{}, errors.New("the checkpoint's size is not a number")
	}
	root, err := tlog.ParseHash(lines[2])
	return head{lines[0], tlog.Tree{N: size, Hash: root}}, err
}

func open(path string, known []note.Verifier) (head, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return head{}, err
	}
	opened, err := note.Open(file, note.VerifierList(known...))
	if err != nil {
		return head{}, err
	}
	if len(opened.Sigs) != len(known) {
		return head{}, fmt.Errorf("%d of %d known keys signed the checkpoint", len(opened.Sigs), len(known))
	}
	read, err := parseHead(opened.Text)
	if err == nil && read.origin != known[0].Name() {
		err = errors.New("the checkpoint is of another log")
	}
	return read, err
}

// A directory serves the tiles of a log.
type directory string

func (d directory) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), path))
}

func (d directory) Height() int                         { return height }
func (d directory) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := d.read(path)
		if full := strings.Index(path, ".p/"); err != nil && full >= 0 {
			data, err = d.read(path[:full])
		}
		if err != nil {
			return nil, err
		}
		if want := tile.W * tlog.HashSize; len(data) > want {
			data = data[:want]
		}
		all = append(all, data)
	}
	return all, nil
}

// Every record of every bundle must hash to its place in the tree, and every tile must hold what the records say.
func (d directory) checkRecords(tree tlog.Tree) error {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		tile := tlog.Tile{H: height, L: 0, N: first / width, W: int(count)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := d.read(path)
		if err != nil {
			return err
		}
		for n := first; n < first+count; n++ {
			if len(bundle) < 34 || bundle[0] != 0 || bundle[1] != 32 {
				return fmt.Errorf("record %d is not 32 bytes long", n)
			}
			hashes, err := tlog.StoredHashes(n, bundle[2:34], reader)
			if err != nil {
				return err
			}
			stored = append(stored, hashes...)
			bundle = bundle[34:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%s holds more records than the checkpoint says", path)
		}
	}
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the records do not hash to the root of the checkpoint")
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		held := tree.N>>(height*tile.L) - tile.N*width
		if held < width && held != int64(tile.W) {
			continue // NewTiles names every width that the tile has had
		}
		want, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return err
		}
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		if got, err := d.read(path); err != nil || !bytes.Equal(got, want) {
			return fmt.Errorf("%s does not hold the hashes of its records", path)
		}
	}
	return nil
}

// Proofs from the tiles alone, as a client makes and checks them.
func (d directory) checkProofs(tree tlog.Tree) error {
	reader := tlog.TileHashReader(tree, d)
	for _, index := range []int64{0, tree.N / 3, tree.N / 2, tree.N - 1} {
		if index < 0 || index >= tree.N {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return err
		}
	}
	return nil
}

func (d directory) checkOlder(older, tree tlog.Tree) error {
	proof, err := tlog.ProveTree(tree.N, older.N, tlog.TileHashReader(tree, d))
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
}

func run(arguments []string) error {
	if len(arguments) < 2 {
		return errors.New("usage: verify <directory> <log vkey> [-old <file>] [<witness vkey>...]")
	}
	served := directory(arguments[0])
	log, err := note.NewVerifier(arguments[1])
	if err != nil {
		return err
	}
	known, rest, old := []note.Verifier{log}, arguments[2:], ""
	if len(rest) > 1 && rest[0] == "-old" {
		old, rest = rest[1], rest[2:]
	}
	for _, vkey := range rest {
		witness, err := newCosigner(vkey)
		if err != nil {
			return err
		}
		known = append(known, witness)
	}
	now, err := open(filepath.Join(string(served), "checkpoint"), known)
	if err != nil {
		return err
	}
	if old != "" {
		before, err := open(old, known[:1])
		if err != nil {
			return err
		}
		if err := served.checkOlder(before.tree, now.tree); err != nil {
			return err
		}
	}
	if err := served.checkRecords(now.tree); err != nil {
		return err
	}
	if err := served.checkProofs(now.tree); err != nil {
		return err
	}
	fmt.Printf("%s: %d records, %d signatures\n", now.origin, now.tree.N, len(known))
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
