package fold

import "testing"

func BenchmarkText(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"ASCII", "zhang wei"},
		{"ASCII upper", "Zhang Wei"},
		{"Chinese", "张伟"},
		{"dotted", "阿卜杜拉·买买提"},
		{"full width", "ＺＨＡＮＧ　ＷＥＩ"},
		{"accents", "Zhāng Wěi"},
		{"address", "江苏省南京市玄武区珠江路 100 号 3 栋 2 单元 501 室"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Text(c.text)
			}
		})
	}
}

func BenchmarkContact(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"digits", "13800138000"}, {"groups", "+86 138-0013-8000"}, {"mail", "li.na@example.cn"}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Contact(c.text)
			}
		})
	}
}

func BenchmarkReadings(b *testing.B) {
	for _, name := range []string{"张", "张伟", "欧阳建国", "单重阳", "阿卜杜拉·买买提", "zhangwei", "O'Brien"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Readings(name)
			}
		})
	}
}

func BenchmarkSpelling(b *testing.B) {
	for _, text := range []string{"zhang wei", "zhāng wěi", "张伟", "zw"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Spelling(text)
			}
		})
	}
}
