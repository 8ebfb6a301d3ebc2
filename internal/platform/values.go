package platform

import (
	"fmt"
	"strconv"
	"time"

	"yitong/internal/bilingual"
)

// Fact is something that was measured, in words; with At it is an instant.
type Fact struct {
	Words bilingual.Text
	Value bilingual.Text
	At    time.Time
}

// fact is a fact that is the same in both languages.
func fact(zh, en, value string) Fact {
	return Fact{Words: bilingual.Text{Zh: zh, En: en}, Value: bilingual.Text{Zh: value, En: value}}
}

func number[N int | int64](zh, en string, n N) Fact {
	return fact(zh, en, strconv.FormatInt(int64(n), 10))
}

func size(zh, en string, bytes int64) Fact { return fact(zh, en, sized(bytes)) }

// worded is a fact whose value is a text.
func worded(zh, en string, value bilingual.Text) Fact {
	return Fact{Words: bilingual.Text{Zh: zh, En: en}, Value: value}
}

func lasting(zh, en string, d time.Duration) Fact { return worded(zh, en, lasts(d)) }

// instant is a fact that is a moment; the zero one is told as none.
func instant(zh, en string, at time.Time, none bilingual.Text) Fact {
	if at.IsZero() {
		return worded(zh, en, none)
	}
	return Fact{Words: bilingual.Text{Zh: zh, En: en}, At: at}
}

// sized are bytes in a unit in which they are few.
func sized(bytes int64) string {
	if bytes < 1<<10 {
		return fmt.Sprintf("%d B", bytes)
	}
	unit, value := 0, float64(bytes)/(1<<10)
	for value >= 1<<10 && unit < 3 {
		unit, value = unit+1, value/(1<<10)
	}
	return fmt.Sprintf("%.1f %s", value, [...]string{"KB", "MB", "GB", "TB"}[unit])
}

// lasts is a time span in its greatest unit.
func lasts(d time.Duration) bilingual.Text {
	for _, u := range []struct {
		of     time.Duration
		zh, en string
	}{{24 * time.Hour, "天", "d"}, {time.Hour, "小时", "h"}, {time.Minute, "分钟", "min"}, {time.Second, "秒", "s"}} {
		if d >= u.of {
			return bilingual.Text{Zh: fmt.Sprintf("%d %s", d/u.of, u.zh), En: fmt.Sprintf("%d %s", d/u.of, u.en)}
		}
	}
	if d < time.Millisecond {
		return bilingual.Text{Zh: "不到 1 毫秒", En: "less than 1 ms"}
	}
	return bilingual.Text{Zh: fmt.Sprintf("%d 毫秒", d.Milliseconds()), En: fmt.Sprintf("%d ms", d.Milliseconds())}
}
