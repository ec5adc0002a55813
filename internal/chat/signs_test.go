package chat_test

import (
	"testing"

	"earshot/internal/chat"
)

func TestShouts_IsManyCapitalsInSeveralWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"WHERE IS MY ORDER":           true,
		"where IS MY ORDER, HURRY UP": false,
		"Where is MY ORDER please":    false,
		"WO BLEIBT MEINE BESTELLUNG?": true,
		"ÜBERFÄLLIG SEIT MÄRZ":        true,
		"ΠΟΥ ΕΙΝΑΙ Η ΠΑΡΑΓΓΕΛΙΑ":      true,
		"OK THANKS":        false, // too short to be sure
		"ABCDEFGHIJKLMNOP": false, // one word: a code
		"A-1 B-2 C-3 D-4 E-5 F-6 G-7 H-8 I-9 J-1 K-2 L-3 M-4": false,
		"注文はどこですか、早くしてください":                                   false,
		"أين طلبي يا جماعة الخير من فضلكم":                    false,
		"": false,
	} {
		if got := chat.Shouts(text, 12); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if !chat.Shouts("GO AWAY", 6) || chat.Shouts("GO AWAY", 7) {
		t.Error("the number of letters is not kept")
	}
}

func TestHighestSum_ReadsMoneyAsItIsWrittenAnywhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"I refund 250 €":                     25_000,
		"€1,250.50 or $12":                   125_050,
		"1.250,50 EUR":                       125_050,
		"1'250 CHF":                          125_000,
		"1 250,5 euros":                      125_050,
		"USD 300":                            30_000,
		"300,- €":                            30_000,
		"12500円を返金します":                       1_250_000,
		"٢٥٠ ريال":                           25_000,
		"２５０ EUR":                            25_000,
		"we give back 199.99.":               19_999,
		"R$ 80":                              8_000,
		"order 4711 of 12.03.2026":           0,
		"call 030 123456 at 10:30":           0,
		"version 1.25.3":                     0,
		"nothing":                            0,
		"99999999999999999999999999999999 €": 0,
	} {
		if got := chat.HighestSum(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
