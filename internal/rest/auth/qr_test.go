package auth_test

import (
	"fmt"
	"strings"
	"testing"

	"yitong/internal/rest/auth"
)

// The path draws a QR code: three finder patterns in three corners, as far from the edge as readers need.
func TestSquare(t *testing.T) {
	t.Parallel()
	const address = "otpauth://totp/yitong.test:li.hua?issuer=yitong.test&secret="
	path, side, err := auth.SquareOf(address + strings.Repeat("A", 32))
	if err != nil {
		t.Fatal(err)
	}
	dark := make([][]bool, side)
	for i := range dark {
		dark[i] = make([]bool, side)
	}
	for _, run := range strings.SplitAfter(path, "z") {
		var x, y, n, back int
		if run == "" {
			continue
		}
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%dz", &x, &y, &n, &back); err != nil || n != back {
			t.Fatal(run, err)
		}
		for i := range n {
			dark[y][x+i] = true
		}
	}
	finder := []string{"1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"}
	const margin = 4
	for _, corner := range [][2]int{{margin, margin}, {side - margin - 7, margin}, {margin, side - margin - 7}} {
		for y, row := range finder {
			for x, c := range row {
				if dark[corner[1]+y][corner[0]+x] != (c == '1') {
					t.Fatalf("no finder pattern at %v", corner)
				}
			}
		}
	}
	for y := range side {
		for x := range side {
			if dark[y][x] && (min(x, y) < margin || max(x, y) >= side-margin) {
				t.Fatalf("the margin is dark at %d, %d", x, y)
			}
		}
	}
	if _, _, err := auth.SquareOf(strings.Repeat("a", 5000)); err == nil {
		t.Error("more than fits is taken")
	}
}
