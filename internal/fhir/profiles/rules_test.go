package profiles

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/validate"
)

// ownRules are the invariants of our definitions by key, with their severity. One key says the same wherever it stands.
func ownRules(t *testing.T) map[string]string {
	t.Helper()
	severity, first := map[string]string{}, map[string]string{}
	for _, r := range embedded().all {
		elements := r.Root.Get("differential").Get("element")
		for e := elements.First(); e.Exists(); e = e.Next() {
			for c := e.Get("constraint").First(); c.Exists(); c = c.Next() {
				key := c.Get("key").Str()
				if !strings.HasPrefix(key, "yt-") {
					t.Errorf("%s: the key %q does not begin with yt-", url(r), key)
				}
				if was, twice := first[key]; twice && was != string(c.Raw()) {
					t.Errorf("%s says two things", key)
				}
				first[key], severity[key] = string(c.Raw()), c.Get("severity").Str()
			}
		}
	}
	return severity
}

// issues validates a text and gives the errors and the breaches of our own rules.
func issues(t rapid.TB, text []byte) (found []validate.Issue) {
	t.Helper()
	r, err := fhir.ParseResource(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range validator().Resource(r.Root, validate.Options{}) {
		if i.Severity == validate.Error || strings.HasPrefix(i.Rule, "yt-") {
			found = append(found, i)
		}
	}
	return found
}

// The files of testdata are called PROFILE.good.json, or PROFILE.bad-RULE.json, where a word before .json may tell
// several apart. A good one breaks no rule, a bad one RULE and nothing else.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	rules := ownRules(t)
	good, bad, broken := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, file := range files {
		parts := strings.Split(filepath.Base(file), ".")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if canonical := "urn:yitong:profile:" + parts[0]; !strings.Contains(string(text), canonical+`"`) {
			t.Errorf("%s does not name %s", file, canonical)
		}
		rule, isBad := strings.CutPrefix(parts[1], "bad-")
		if !isBad {
			good[parts[0]] = true
			for _, i := range issues(t, text) {
				t.Errorf("%s: %s %s: %s", file, i.Rule, i.Place(), i.English)
			}
			continue
		}
		bad[parts[0]], broken[rule] = true, true
		breaks(t, file, text, rule, rules[rule])
	}
	for _, r := range embedded().all {
		if name, is := strings.CutPrefix(url(r), "urn:yitong:profile:"); is && !(good[name] && bad[name]) {
			t.Errorf("%s lacks a good or a bad example", name)
		}
	}
	for rule := range rules {
		if !broken[rule] {
			t.Errorf("no example breaks %s", rule)
		}
	}
}

// breaks wants a text to break a rule, and no other. severity is that of the rule; "" stands for error.
func breaks(t *testing.T, file string, text []byte, rule, severity string) {
	t.Helper()
	found := issues(t, text)
	if len(found) == 0 {
		t.Errorf("%s: nothing is found wrong", file)
	}
	for _, i := range found {
		if severity == "" {
			severity = "error"
		}
		if i.Rule != rule || string(i.Severity) != severity {
			t.Errorf("%s: %s %s %s: %s", file, i.Severity, i.Rule, i.Place(), i.English)
		}
	}
}

// Every rule of ours has its sentences in package validate, and no sentence is without a rule.
func TestSentences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../validate/invariants_own.txt")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		lines := strings.Split(block, "\n")
		if len(lines) != 3 || !strings.HasPrefix(lines[1], "en  ") || !strings.HasPrefix(lines[2], "zh  ") {
			t.Fatalf("not a key, en and zh: %s", block)
		}
		told[lines[0]] = true
		if len(lines[1]) > 300 || chinese(lines[1]) || !chinese(lines[2]) {
			t.Errorf("%s: the sentences are long or in the wrong language", lines[0])
		}
	}
	rules := ownRules(t)
	for key := range rules {
		if !told[key] {
			t.Errorf("%s has no sentences", key)
		}
	}
	if len(told) != len(rules) {
		t.Errorf("%d sentences for %d rules", len(told), len(rules))
	}
}

// resident is a resident known by one number.
func resident(use, number string) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Patient","meta":{"profile":[%q]},
		"identifier":[{"use":%q,"system":%q,"value":%q}],
		"name":[{"text":"甲"}],"gender":"unknown","birthDate":"1900"}`, Resident, use, CitizenID, number)
}

func institution(code string) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Organization","meta":{"profile":[%q]},
		"active":true,"name":"甲","type":[{"text":"医院"}],"address":[{"text":"某地"}],
		"identifier":[{"system":%q,"value":%q}]}`, Institution, CreditCode, code)
}

// broken are the keys of the rules that a text breaks, without the one that compares birth dates.
func broken(t rapid.TB, text []byte) (keys []string) {
	t.Helper()
	for _, i := range issues(t, text) {
		if i.Rule != "yt-citizen-5" {
			keys = append(keys, i.Rule)
		}
	}
	return keys
}

func TestCitizenIDs(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"11010519491231002X":  "",
		"440106198806151230":  "",
		"440106198806151249":  "",
		"11010020171225006X":  "",
		"810000199001010019":  "", // a residence permit of Hong Kong
		"830000199001010012":  "", // and of Taiwan
		"110105194912310021":  "yt-citizen-3",
		"44010620220229001X":  "yt-citizen-2", // no such day
		"11010519491231002x":  "yt-citizen-1",
		"110105194912310020X": "yt-citizen-1",
		"11010519491231002":   "yt-citizen-1",
		"1101051949123100 X":  "yt-citizen-1",
		"110105491231002":     "yt-citizen-1", // 15 digits: only as an old number
	} {
		if got := strings.Join(broken(t, resident("official", number)), " "); got != want {
			t.Errorf("%s breaks %q, not %q", number, got, want)
		}
	}
	if got := broken(t, resident("old", "110105491231002")); got != nil {
		t.Errorf("an old number breaks %v", got)
	}
}

func TestCreditCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"91350200MA2YJ1XR9G": "",
		"91350200776049653A": "",
		"1244010645585802XP": "",
		"91350200MA2YJ1XR9H": "yt-uscc-2",
		"91350100M0001TGQXM": "yt-uscc-3",
		"91350211M0000XUF46": "yt-uscc-3",
		"91350203M0001FUE2P": "yt-uscc-3",
		"91350203M0001QAY9B": "yt-uscc-3",
		"9I350200MA2YJ1XR9G": "yt-uscc-1",
		"91350200MA2YJ1XR9":  "yt-uscc-1",
		"91350200ma2yj1xr9g": "yt-uscc-1",
	} {
		if got := strings.Join(broken(t, institution(code)), " "); got != want {
			t.Errorf("%s breaks %q, not %q", code, got, want)
		}
	}
}

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// One wrong character never goes unseen, and the right check character is always taken. The check characters are
// computed here as the norms print them, by weights.
func TestOneWrongCharacterIsSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(0, 40_000).Draw(t, "day")
		body := fmt.Sprintf("%06d%s%03d", rapid.IntRange(0, 999_999).Draw(t, "place"), daysFrom1900(day),
			rapid.IntRange(0, 999).Draw(t, "sequence"))
		sum := 0
		for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
			sum += int(body[i]-'0') * weight
		}
		number := body + string("10X98765432"[sum%11])
		oneWrong(t, number, "0123456789", func(s string) []byte { return resident("official", s) })

		form := "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-LNPQRTUWXY][0-9A-HJ-NPQRTUWXY]{8}"
		code := rapid.StringMatching(form).Draw(t, "code")
		sum = 0
		for i, weight := range []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28} {
			sum += strings.IndexByte(creditAlphabet, code[i]) * weight
		}
		oneWrong(t, code+string(creditAlphabet[(31-sum%31)%31]), creditAlphabet, institution)
	})
}

// oneWrong wants a number to be right, and wrong with another character in some place.
func oneWrong(t *rapid.T, number, alphabet string, resource func(string) []byte) {
	if got := broken(t, resource(number)); got != nil {
		t.Fatalf("%s breaks %v", number, got)
	}
	at := rapid.IntRange(0, len(number)-1).Draw(t, "at")
	others := slices.DeleteFunc([]byte(alphabet), func(c byte) bool { return c == number[at] })
	wrong := number[:at] + string(rapid.SampledFrom(others).Draw(t, "instead")) + number[at+1:]
	if got := broken(t, resource(wrong)); got == nil {
		t.Fatalf("%s is taken for %s", wrong, number)
	}
}

func daysFrom1900(days int) string {
	return time.Date(1900, 1, 1+days, 0, 0, 0, 0, time.UTC).Format("20060102")
}
