package app

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"pgregory.net/rapid"

	"yitong/internal/fault"
)

func networks(t testing.TB, all ...string) (found []Network) {
	t.Helper()
	for _, text := range all {
		var n Network
		if err := n.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		found = append(found, n)
	}
	return found
}

func TestEdgeOfCommandLine(t *testing.T) {
	t.Parallel()
	file := "{}"
	read := func(args ...string) (Edge, error) {
		var e Edge
		settings, err := kong.JSON(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		k, err := kong.New(&e, kong.DefaultEnvars("YITONG"), kong.Resolvers(settings))
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Parse(args)
		return e, err
	}
	e, err := read("--acme", "a.example.org", "--acme", "b.example.org", "--behind-proxy", "10.0.0.7,10.1.2.3/8,fd00::/8,::ffff:192.0.2.9")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(e.ACME, []string{"a.example.org", "b.example.org"}) || !e.TLS() {
		t.Errorf("names are %q", e.ACME)
	}
	if want := networks(t, "10.0.0.7/32", "10.0.0.0/8", "fd00::/8", "192.0.2.9/32"); !slices.Equal(e.BehindProxy, want) {
		t.Errorf("proxies are %v", e.BehindProxy)
	}
	if e, err = read(); err != nil || e.TLS() || len(e.BehindProxy) > 0 || e.InsecureHTTP {
		t.Errorf("without settings: %+v, %v", e, err)
	}
	file = `{"acme": ["c.example.org"], "behind_proxy": ["10.0.0.7", "fd00::/8"]}`
	if e, err = read(); err != nil || !slices.Equal(e.BehindProxy, networks(t, "10.0.0.7", "fd00::/8")) || !slices.Equal(e.ACME, []string{"c.example.org"}) {
		t.Errorf("from a file: %+v, %v", e, err)
	}
	file = "{}"
	for _, wrong := range []string{"10.0.0", "10.0.0.0/33", "proxy.example.org", "fe80::1%eth0", "10.0.0.7:80"} {
		if _, err := read("--behind-proxy", wrong); err == nil || !strings.Contains(err.Error(), "10.0.0.0/24") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestEdgeThatIsRefused(t *testing.T) {
	t.Parallel()
	good := newPair(t, t.TempDir())
	proxy := networks(t, "10.0.0.0/8")
	cache := t.TempDir()
	for name, c := range map[string]struct {
		edge Edge
		addr string
		says string // "" when it is taken
	}{
		"this machine":                 {Edge{}, "127.0.0.1:0", ""},
		"this machine by IPv6":         {Edge{}, "[::1]:0", ""},
		"other machines":               {Edge{}, "192.0.2.1:80", "--insecure-http"},
		"every machine":                {Edge{}, ":80", "in the clear"},
		"every machine by TLS":         {good.edge(), ":443", ""},
		"every machine behind a proxy": {Edge{BehindProxy: proxy}, ":80", ""},
		"every machine on a test net":  {Edge{InsecureHTTP: true}, ":80", ""},
		"every machine by ACME":        {Edge{ACME: []string{"a.example.org"}, ACMECache: cache}, ":443", ""},
		"no address":                   {Edge{}, "80", "127.0.0.1:8080"},
		"half a pair":                  {Edge{TLSCert: good.cert}, ":443", "belong together"},
		"the other half":               {Edge{TLSKey: good.key}, ":443", "belong together"},
		"two sources":                  {Edge{TLSCert: good.cert, TLSKey: good.key, ACME: []string{"a.example.org"}}, ":443", "or --acme"},
		"TLS in the clear":             {Edge{TLSCert: good.cert, TLSKey: good.key, InsecureHTTP: true}, ":443", "Leave it out"},
		"a way to nowhere":             {Edge{Redirect: ":80"}, "127.0.0.1:0", "which this server has not"},
		"an address as name":           {Edge{ACME: []string{"192.0.2.1"}, ACMECache: cache}, ":443", "full names"},
		"a URL as name":                {Edge{ACME: []string{"https://a.example.org"}, ACMECache: cache}, ":443", "full names"},
		"a wildcard":                   {Edge{ACME: []string{"*.example.org"}, ACMECache: cache}, ":443", "full names"},
		"a short name":                 {Edge{ACME: []string{"localhost"}, ACMECache: cache}, ":443", "full names"},
		"a port in a name":             {Edge{ACME: []string{"a.example.org:443"}, ACMECache: cache}, ":443", "full names"},
		"an authority in the clear":    {Edge{ACME: []string{"a.example.org"}, ACMECache: cache, ACMEDirectory: "http://ca.example.org"}, ":443", "https://"},
		"no cache":                     {Edge{ACME: []string{"a.example.org"}, ACMECache: good.cert}, ":443", "--acme-cache"},
		"roots that are not there":     {Edge{ACME: []string{"a.example.org"}, ACMECache: cache, ACMERoots: good.cert + "x"}, ":443", "--acme-roots"},
		"roots that are none":          {Edge{ACME: []string{"a.example.org"}, ACMECache: cache, ACMERoots: good.key}, ":443", "no certificate in PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.edge.check(c.addr)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(fault.From(err).Message, c.says)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// asked is a request as it comes from an address, with lines of headers.
func asked(from string, lines ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = from
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

func TestClientBehindProxies(t *testing.T) {
	t.Parallel()
	e := Edge{BehindProxy: networks(t, "10.0.0.0/8", "fd00::/8", "192.0.2.80")}
	for name, c := range map[string]struct {
		r    *http.Request
		want string
	}{
		"nobody between":           {asked("203.0.113.5:4000"), "203.0.113.5"},
		"IPv6":                     {asked("[2001:db8::5]:4000"), "2001:db8::5"},
		"IPv4 in IPv6":             {asked("[::ffff:203.0.113.5]:4000"), "203.0.113.5"},
		"a zone":                   {asked("[fe80::5%eth0]:4000"), "fe80::5"},
		"a claim of a stranger":    {asked("203.0.113.5:4000", "X-Forwarded-For: 127.0.0.1"), "203.0.113.5"},
		"one proxy":                {asked("10.0.0.1:80", "X-Forwarded-For: 203.0.113.5"), "203.0.113.5"},
		"a single address":         {asked("192.0.2.80:80", "X-Forwarded-For: 203.0.113.5"), "203.0.113.5"},
		"its neighbour":            {asked("192.0.2.81:80", "X-Forwarded-For: 203.0.113.5"), "192.0.2.81"},
		"a proxy in IPv6 dress":    {asked("[::ffff:10.0.0.1]:80", "X-Forwarded-For: 203.0.113.5"), "203.0.113.5"},
		"by IPv6":                  {asked("[fd00::1]:80", "X-Forwarded-For: 2001:db8::5"), "2001:db8::5"},
		"with ports":               {asked("10.0.0.1:80", "X-Forwarded-For: 203.0.113.5:4000"), "203.0.113.5"},
		"with ports by IPv6":       {asked("10.0.0.1:80", "X-Forwarded-For: [2001:db8::5]:4000"), "2001:db8::5"},
		"in brackets":              {asked("10.0.0.1:80", "X-Forwarded-For: [2001:db8::5]"), "2001:db8::5"},
		"several proxies":          {asked("10.0.0.1:80", "X-Forwarded-For: 203.0.113.5, fd00::7, 10.9.9.9"), "203.0.113.5"},
		"several lines":            {asked("10.0.0.1:80", "X-Forwarded-For: 203.0.113.5", "X-Forwarded-For: 10.9.9.9"), "203.0.113.5"},
		"a claim before a proxy":   {asked("10.0.0.1:80", "X-Forwarded-For: 127.0.0.1, 203.0.113.5"), "203.0.113.5"},
		"proxies that are made up": {asked("10.0.0.1:80", "X-Forwarded-For: 198.51.100.1, 10.0.0.2, 203.0.113.5, 10.0.0.3"), "203.0.113.5"},
		"a proxy asks itself":      {asked("10.0.0.1:80", "X-Forwarded-For: 10.0.0.2, 10.0.0.3"), "10.0.0.2"},
		"garbage":                  {asked("10.0.0.1:80", "X-Forwarded-For: unknown"), "10.0.0.1"},
		"garbage on the way":       {asked("10.0.0.1:80", "X-Forwarded-For: 198.51.100.1, _hidden, 10.0.0.3"), "10.0.0.3"},
		"nothing":                  {asked("10.0.0.1:80", "X-Forwarded-For: "), "10.0.0.1"},
		"commas":                   {asked("10.0.0.1:80", "X-Forwarded-For: ,,,"), "10.0.0.1"},
		"other headers":            {asked("10.0.0.1:80", "X-Real-Ip: 198.51.100.1", "Forwarded: for=198.51.100.1", "True-Client-Ip: 198.51.100.1"), "10.0.0.1"},
		"no address":               {asked("@"), "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := e.client(c.r).String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	if got := (Edge{}).client(asked("10.0.0.1:80", "X-Forwarded-For: 203.0.113.5")).String(); got != "10.0.0.1" {
		t.Errorf("without --behind-proxy %s is believed", got)
	}
}

// TestClientCannotBeMadeUp: whatever a client writes into the header, the proxies write its address behind it, and that
// is what counts.
func TestClientCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	e := Edge{BehindProxy: networks(t, "10.0.0.0/8", "fd00::/8")}
	proxy := rapid.Custom(func(t *rapid.T) string {
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes")
		if b[0]&1 == 0 {
			return netip.AddrFrom4([4]byte{10, b[1], b[2], b[3]}).String()
		}
		b[0] = 0xfd
		return netip.AddrFrom16([16]byte(b)).String()
	})
	client := rapid.Custom(func(t *rapid.T) string {
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes")
		if b[0]&1 == 0 {
			return netip.AddrFrom4([4]byte{203, b[1], b[2], b[3]}).String()
		}
		b[0] = 0x20
		return netip.AddrFrom16([16]byte(b)).String()
	})
	rapid.Check(t, func(t *rapid.T) {
		who := client.Draw(t, "client")
		hop := rapid.OneOf(proxy, client, rapid.SampledFrom([]string{"", " ", "unknown", "127.0.0.1", "\"[::1]:1\"", "1.2.3", ","}), rapid.String())
		way := append(rapid.SliceOfN(hop, 0, 5).Draw(t, "claims"), who)
		way = append(way, rapid.SliceOfN(proxy, 0, 4).Draw(t, "proxies")...)
		r := asked(netip.AddrPortFrom(netip.MustParseAddr(proxy.Draw(t, "last proxy")), 80).String())
		for len(way) > 0 { // over any number of lines
			n := rapid.IntRange(1, len(way)).Draw(t, "hops of a line")
			r.Header.Add("X-Forwarded-For", strings.Join(way[:n], ", "))
			way = way[n:]
		}
		if got := e.client(r).String(); got != who {
			t.Errorf("%s is taken for the client, not %s: %q", got, who, r.Header)
		}
		r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(who), 80).String()
		if got := e.client(r).String(); got != who {
			t.Errorf("%s made somebody believe it were %s", who, got)
		}
	})
}

func TestSecure(t *testing.T) {
	t.Parallel()
	e := Edge{BehindProxy: networks(t, "10.0.0.0/8")}
	for name, c := range map[string]struct {
		from, proto string
		tls, want   bool
	}{
		"in the clear":                        {"203.0.113.5:1", "", false, false},
		"by TLS":                              {"203.0.113.5:1", "", true, true},
		"a claim of a stranger":               {"203.0.113.5:1", "https", false, false},
		"a stranger's claim against itself":   {"203.0.113.5:1", "http", true, true},
		"TLS to the proxy":                    {"10.0.0.1:1", "https", false, true},
		"in capitals":                         {"10.0.0.1:1", "HTTPS", false, true},
		"in the clear to the proxy":           {"10.0.0.1:1", "http", false, false},
		"in the clear to a proxy with TLS":    {"10.0.0.1:1", "http", true, false},
		"a proxy that says nothing":           {"10.0.0.1:1", "", false, false},
		"a proxy with TLS that says nothing":  {"10.0.0.1:1", "", true, true},
		"a claim, and the proxy's word":       {"10.0.0.1:1", "https, http", false, false},
		"another claim, and the proxy's word": {"10.0.0.1:1", "http,https", false, true},
		"garbage":                             {"10.0.0.1:1", "httpss", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := asked(c.from)
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			if c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if got := e.secure(r); got != c.want {
				t.Errorf("secure is %v", got)
			}
		})
	}
}

// TestHeadersOnEveryAnswer: answers, refusals and failures alike, over a real connection.
func TestHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	mux.HandleFunc("/error", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/own", func(w http.ResponseWriter, _ *http.Request) {
		for _, header := range hardened {
			w.Header().Set(header[0], "own")
		}
	})
	mux.HandleFunc("/adds", func(w http.ResponseWriter, _ *http.Request) {
		for _, header := range hardened {
			w.Header().Add(header[0], "more")
		}
	})
	mux.HandleFunc("/fails", func(w http.ResponseWriter, _ *http.Request) {
		defer func() {
			recover()
			w.WriteHeader(http.StatusInternalServerError)
		}()
		panic("a defect")
	})
	mux.HandleFunc("/aborts", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer((Edge{}).harden(mux))
	t.Cleanup(server.Close)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/page", 200}, {http.MethodHead, "/page", 200}, {http.MethodPost, "/page", 405}, {http.MethodGet, "/nothing", 404},
		{http.MethodGet, "/error", 500}, {http.MethodGet, "/empty", 204}, {http.MethodGet, "/fails", 500}, {http.MethodGet, "/page/../page", 307},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.status {
			t.Errorf("%s %s: %d", c.method, c.path, answer.StatusCode)
		}
		for _, header := range hardened {
			if got := answer.Header.Values(header[0]); !slices.Equal(got, []string{header[1]}) {
				t.Errorf("%s %s: %s is %q", c.method, c.path, header[0], got)
			}
		}
		if got := answer.Header.Get("Strict-Transport-Security"); got != "" {
			t.Errorf("%s %s: in the clear browsers are told %s", c.method, c.path, got)
		}
	}
	if _, err := http.Get(server.URL + "/aborts"); err == nil {
		t.Error("what a handler breaks off is answered")
	}
	// A handler may replace and add. Neither reaches another header, nor the next answer.
	for _, c := range []struct {
		path string
		want func(usual string) []string
	}{
		{"/own", func(string) []string { return []string{"own"} }},
		{"/adds", func(usual string) []string { return []string{usual, "more"} }},
		{"/page", func(usual string) []string { return []string{usual} }},
	} {
		answer, err := http.Get(server.URL + c.path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		for _, header := range hardened {
			if got := answer.Header.Values(header[0]); !slices.Equal(got, c.want(header[1])) {
				t.Errorf("%s: %s is %q", c.path, header[0], got)
			}
		}
	}
}

func TestStrictTransportOnlyByTLS(t *testing.T) {
	t.Parallel()
	h := (Edge{BehindProxy: networks(t, "10.0.0.1")}).harden(http.NotFoundHandler())
	for from, want := range map[string]string{"10.0.0.1:1": strictTransport, "203.0.113.5:1": ""} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, asked(from, "X-Forwarded-Proto: https"))
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("from %s: %q", from, got)
		}
	}
}

func BenchmarkHarden(b *testing.B) {
	h := (Edge{}).harden(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := asked("203.0.113.5:1")
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&nowhere{header: http.Header{}}, r)
	}
}

type nowhere struct {
	http.ResponseWriter
	header http.Header
}

func (n *nowhere) Header() http.Header { return n.header }
