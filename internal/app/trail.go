package app

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/tlog"
	"yitong/internal/tlog/witness"
)

// Sealing says by which log the trail is sealed, and who cosigns it.
type Sealing struct {
	TrailLog     string   `help:"Folder of the log that seals the trail, on storage that all servers of a record can open, better not that of the database. Without the setting it is beside a SQLite file." default:"" name:"trail-log" placeholder:"DIR"`
	TrailName    string   `help:"Name with which the log's checkpoints begin, like that of a host, such as trail.county.example. It must never change. Without the setting it is made of the record." default:"" name:"trail-name" placeholder:"NAME"`
	TrailWitness []string `help:"A witness that cosigns the log's checkpoints: its key, a plus sign, and its address, such as NAME+8 digits+base64+https://witness.example. For several, repeat it." name:"trail-witness" placeholder:"WITNESS"`
}

// folder is where the log of a record is, signed by a key. beside is the place of a SQLite file, "" for another
// database.
func (s Sealing) folder(db store.DB, beside string, key ed25519.PublicKey) (*tlog.Folder, error) {
	dir, name := s.TrailLog, s.TrailName
	if dir == "" {
		if beside == "" {
			return nil, fault.New(fault.Malformed,
				"With this database the folder of the log that seals the trail must be named: set --trail-log.")
		}
		dir = beside + ".trail"
	}
	if name == "" {
		own, err := hkdf.Key(sha256.New, db.Secret(), nil, "yitong trail name", 8)
		if err != nil {
			return nil, fault.Wrap(err, "naming the log")
		}
		name = "yitong-" + hex.EncodeToString(own)
	}
	public := tlog.Public{Name: name, Key: key}
	if err := public.Check(); err != nil {
		return nil, err
	}
	return tlog.NewFolder(dir, public), nil
}

// witnesses are those that were named.
func (s Sealing) witnesses() (list []*witness.Client, err error) {
	for _, text := range s.TrailWitness {
		w, err := witness.NewClient(text)
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

// Sealers are what a server does to seal the trail: both work alone among the servers of a record, every second or more
// often.
func (s Sealing) Sealers(db store.DB, key Key, beside string, log *slog.Logger) (*trail.Sealer, *trail.Cosigner, error) {
	private, err := key.trailKey(beside)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.folder(db, beside, private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, nil, err
	}
	clients, err := s.witnesses()
	if err != nil {
		return nil, nil, err
	}
	parties := make([]trail.Witness, len(clients))
	for i, c := range clients {
		parties[i] = c
	}
	return trail.NewSealer(db, f, private, db.Now), trail.NewCosigner(f, parties, log), nil
}

// trailKey is the key that signs the log, made of the platform's, which must be there.
func (k Key) trailKey(beside string) (ed25519.PrivateKey, error) {
	if k.KeyFile == "" && beside != "" && os.Getenv(KeyVariable) == "" {
		k.KeyFile = beside + ".key" // so that it is not made: it would not be the one that has signed
	}
	platform, err := k.Bytes(beside)
	if err != nil {
		return nil, err
	}
	return tlog.Private(platform), nil
}

// Trail is a record whose trail a command looks at.
type Trail struct {
	Database `embed:""`
	Key      `embed:""`
	Sealing  `embed:""`
}

// TrailCheck says how a trail is verified.
type TrailCheck struct {
	Trail      `embed:""`
	Public     string   `help:"Public key of the log, as yitong trail key prints it, for who does not have the platform's key." default:"" placeholder:"KEY"`
	Checkpoint []string `help:"File with a checkpoint that was put aside, or that a witness has cosigned: what the log was then, it must still be. For several, repeat it." placeholder:"FILE"`
	Content    bool     `help:"Compare what the record holds with what the trail says was written, too: every version of every resource, every account, role and program, and the keys, certificates and revocations by which people sign."`
	Save       string   `help:"File to put the newest checkpoint aside in, if all is well, for the next time. Keep it where those cannot reach it who could change the record." default:"" placeholder:"FILE"`
}

// Verify compares the trail in the database with its log, the log with its checkpoints, and these with those of
// witnesses and files. What a witness knows is asked for first, so that a server may be at work meanwhile.
func (c TrailCheck) Verify(ctx context.Context, db store.DB, progress func(lines, batches, of int64)) (*trail.Report, error) {
	f, err := c.checked(db)
	if err != nil {
		return nil, err
	}
	known, silent, err := c.known(ctx, f)
	if err != nil {
		return nil, err
	}
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	hasher := store.NewHasher(db.Secret())
	r, err := trail.Verify(ctx, trail.Verification{DB: db, Folder: f, Known: known, Now: now, Hasher: &hasher, Progress: progress})
	if err != nil {
		return nil, err
	}
	r.Doubts = append(r.Doubts, silent...)
	if c.Content {
		if err := trail.VerifyContent(ctx, db, append(account.Histories(), sign.Histories()...), now, r); err != nil {
			return nil, err
		}
	}
	if c.Save != "" && r.Whole() {
		err = save(c.Save, f)
	}
	return r, err
}

// checked is the folder, by the public key alone if it was given.
func (c TrailCheck) checked(db store.DB) (*tlog.Folder, error) {
	if c.Public == "" {
		private, err := c.trailKey(c.file())
		if err != nil {
			return nil, err
		}
		return c.folder(db, c.file(), private.Public().(ed25519.PublicKey))
	}
	public, err := tlog.ParsePublic(c.Public)
	if err != nil {
		return nil, err
	}
	s := c.Sealing
	s.TrailName = public.Name
	return s.folder(db, c.file(), public.Key)
}

// known are the checkpoints that witnesses and files know of, and what is in doubt since a witness does not answer.
func (c TrailCheck) known(ctx context.Context, f *tlog.Folder) (list []trail.Known, silent []string, err error) {
	clients, err := c.witnesses()
	if err != nil {
		return nil, nil, err
	}
	for _, w := range clients {
		by := "the witness " + w.Name()
		notes, err := w.Latest(ctx, f.Public().Name)
		if err != nil {
			silent = append(silent, "Nobody can tell what a witness has seen: "+fault.From(err).Message)
		} else if len(notes) == 0 {
			silent = append(silent, fmt.Sprintf("The witness %s has seen no checkpoint of the log %s.",
				w.Name(), f.Public().Name))
		}
		earlier, err := cosigned(f, w)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range append(notes, earlier...) {
			list = append(list, trail.Known{Note: n, By: by})
		}
	}
	for _, path := range c.Checkpoint {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, fault.New(fault.NotFound, "The checkpoint %s cannot be read.", path).Because(err)
		}
		list = append(list, trail.Known{Note: text, By: "the file " + path})
	}
	return list, silent, nil
}

// cosigned are the checkpoints in the folder that a witness has cosigned.
func cosigned(f *tlog.Folder, w *witness.Client) (notes [][]byte, err error) {
	epochs, err := f.Epochs()
	if err != nil {
		return nil, err
	}
	for _, e := range epochs {
		kept, err := f.Cosigned(e)
		if err != nil {
			return nil, err
		}
		for _, n := range kept {
			if w.Signed(n) {
				notes = append(notes, n)
			}
		}
	}
	return notes, nil
}

// save puts the newest checkpoint aside.
func save(path string, f *tlog.Folder) error {
	epochs, err := f.Epochs()
	if err != nil {
		return err
	}
	l, err := f.Log(epochs[len(epochs)-1])
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, l.Note, 0o600); err != nil {
		return fault.New(fault.Unavailable, "The checkpoint cannot be put aside in %s.", path).Because(err)
	}
	return nil
}

// TrailKey is the public key of a record's log, by which a witness knows it.
func (t Trail) TrailKey(db store.DB) (string, error) {
	private, err := t.trailKey(t.file())
	if err != nil {
		return "", err
	}
	f, err := t.folder(db, t.file(), private.Public().(ed25519.PublicKey))
	if err != nil {
		return "", err
	}
	return f.Public().String(), nil
}

// Restored says in the log that the database was brought back, and tells the epoch of the log that goes on from there.
// Without a number of the epoch it is the next that the folder and the witnesses do not know; the error is Unavailable
// if one of these does not answer.
func (t Trail) Restored(ctx context.Context, db store.DB, r trail.Restore) (int, error) {
	if strings.TrimSpace(r.Why) == "" {
		return 0, fault.New(fault.Malformed, "Say why the database was restored: --why.")
	}
	s, _, err := t.Sealers(db, t.Key, t.file(), slog.Default())
	if err != nil {
		return 0, err
	}
	if r.Epoch == 0 {
		if r.Epoch, err = t.nextEpoch(ctx, db); err != nil {
			return 0, err
		}
	}
	return s.Restore(ctx, r)
}

// nextEpoch is the number behind those of all epochs that anybody knows.
func (t Trail) nextEpoch(ctx context.Context, db store.DB) (int, error) {
	text, err := t.TrailKey(db)
	if err != nil {
		return 0, err
	}
	public, err := tlog.ParsePublic(text)
	if err != nil {
		return 0, err
	}
	f, err := t.folder(db, t.file(), public.Key)
	if err != nil {
		return 0, err
	}
	clients, err := t.witnesses()
	if err != nil {
		return 0, err
	}
	last := 0
	for _, w := range clients {
		notes, err := w.Latest(ctx, f.Public().Name)
		if err != nil {
			return 0, fault.New(fault.Unavailable,
				"A witness does not say which epochs it knows. Name the next one by --epoch if it cannot "+
					"be asked.").Because(err)
		}
		for _, n := range notes {
			if cp, err := f.Public().Read(n, ""); err == nil {
				_, epoch, _ := tlog.SplitOrigin(cp.Origin)
				last = max(last, epoch)
			}
		}
	}
	return last + 1, nil
}
