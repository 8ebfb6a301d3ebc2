package durability

import (
	"strings"
	"testing"
)

// TestTraces holds what is made of the lines that strace writes.
func TestTraces(t *testing.T) {
	t.Parallel()
	const text = `7 10.000000001 pwrite64(8<\x61\x2e\x64\x62\x2d\x77\x61\x6c>, "\x00\x4d", 2, 32) = 2 <0.000000005>
8 10.000000010 fsync(8<\x61\x2e\x64\x62\x2d\x77\x61\x6c> <unfinished ...>
7 10.000000020 write(9<\x73>, "\x48", 1 <unfinished ...>
9 10.000000021 ???( <detached ...>
9 10.000000022 ???() = ?
8 10.000000030 <... fsync resumed>) = 0 (DELAYED) <0.000000019>
7 10.000000031 <... write resumed>)              = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000000003>
7 10.000000032 fdatasync(8<\x61\x2e\x64\x62\x2d\x77\x61\x6c>) = -1 EIO (Input/output error) (INJECTED) <0.000000002>
8 10.000000040 fsync(8<\x61\x2e\x64\x62\x2d\x77\x61\x6c> <detached ...>
7 10.000000041 fsync(8<\x61\x2e\x64\x62\x2d\x77\x61\x6c>)        = ? <unavailable>
7 10.000000042 +++ killed by SIGKILL +++
`
	moments, err := parseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range moments {
		what := "begin "
		if m.done {
			what = "end "
		}
		got = append(got, what+m.name)
	}
	want := "begin pwrite64,end pwrite64,begin fsync,begin write,end fsync,begin fdatasync,end fdatasync,begin fsync,begin fsync"
	if s := strings.Join(got, ","); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
	first, sync, failed := moments[0], moments[2], moments[5]
	if first.path != "a.db-wal" || string(first.data) != "\x00M" || first.offset != 32 || first.result != 2 || first.end != 10_000_000_006 {
		t.Errorf("got %+v", *first.call)
	}
	if sync.result != 0 || sync.begin != 10_000_000_010 || sync.end != 10_000_000_030 || failed.result != -1 {
		t.Errorf("got %+v and %+v", *sync.call, *failed.call)
	}
	for _, bad := range []string{"x\n", "7 10.000000001 mmap(1)\n", `7 10.000000001 pwrite64(8<\x61\x2e\x64\x62\x2d\x77\x61\x6c>, "\x00"..., 2, 32) = 2 <0.000000005>` + "\n"} {
		if _, err := parseTrace(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
