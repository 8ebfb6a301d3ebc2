package auth

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"

	"yitong/internal/fault"
)

// square is a QR code as a path of SVG, with the margin of four modules that readers need (ISO/IEC 18004, 5.3.8).
type square struct {
	Side int // with the margin, in modules
	Path string
}

const squareMargin = 4

func squareOf(text string) (*square, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fault.Wrap(err, "making a QR code")
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < side && code.At(x, y) == color.Black }
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+squareMargin, y+squareMargin, x-from, x-from)
			}
		}
	}
	return &square{side + 2*squareMargin, path.String()}, nil
}
