package app

import "net/http"

// hardened are the headers that every answer begins with, by name and value. A handler whose page needs something else
// sets its own before it writes.
//
//   - Nothing is stored by browsers or proxies in between, unless the handler knows that it may be.
//   - A page loads nothing, is in no frame, and its forms lead to this server only. A sign-in whose form ends at the
//     address of an app has to allow that address: browsers apply form-action to redirects as well.
//   - Referrer-Policy is same-origin, not no-referrer: other sites are told nothing in either case, but with
//     no-referrer browsers send "Origin: null" with this server's own forms, which could not be told from forged ones.
//   - A page shares no process or window with those of other sites, and they cannot embed what is answered here.
//   - Devices and features of a browser are off but for passkeys, and the place when somebody looks for what is near.
var hardened = [...][2]string{
	{"Cache-Control", "no-store"},
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", permissions},
	{"Referrer-Policy", "same-origin"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
}

const permissions = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), " +
	"encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(self), gyroscope=(), hid=(), idle-detection=(), " +
	"local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), " +
	"serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=(), " +
	"publickey-credentials-create=(self), publickey-credentials-get=(self)"

// strictTransport makes browsers use https for this host and those below it, for two years from each answer. It has to
// be sent over TLS only (RFC 6797, 7.2).
const strictTransport = "max-age=63072000; includeSubDomains"

// harden puts headers that keep browsers safe in front of everything that next answers. next may replace each of them.
func (e Edge) harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, values := w.Header(), make([]string, len(hardened)) // one allocation for all
		for i, header := range hardened {
			values[i] = header[1]
			h[header[0]] = values[i : i+1 : i+1]
		}
		if e.secure(r) {
			h.Set("Strict-Transport-Security", strictTransport)
		}
		next.ServeHTTP(w, r)
	})
}
