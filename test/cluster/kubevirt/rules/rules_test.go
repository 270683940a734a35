package rules

import (
	"testing"
	"time"
)

const example = `[
	{"match": "virtwork-*", "pace": "1s", "health": "failing"},
	{"match": "virtwork-cpu-0", "health": "ok"},
	{"match": "other/*", "boot": "stall", "guest": "real"}
]`

func TestLaterRulesWinKeyByKey(t *testing.T) {
	list, err := parse(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		namespace, name, health, boot, guest string
		pace                                 time.Duration
	}{
		{"virtwork", "virtwork-cpu-0", OK, OK, Simulated, time.Second},
		{"virtwork", "virtwork-cpu-1", Failing, OK, Simulated, time.Second},
		{"other", "virtwork-cpu-1", Failing, Stall, Real, time.Second},
		{"virtwork", "database", OK, OK, Simulated, defaultPace},
	} {
		b := behaviour(list, row.namespace, row.name)
		if b.Health != row.health || b.Boot != row.boot || b.Guest != row.guest || b.Pace != row.pace {
			t.Errorf("%s/%s: got %+v, want %+v", row.namespace, row.name, b, row)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		`[{"match": "a", "helth": "ok"}]`:       `json: unknown field "helth"`,
		`[{"match": "a", "health": "bad"}]`:     `[0].health must be one of ok, failing, got "bad"`,
		`[{"match": "a", "guest": "yes"}]`:      `[0].guest must be one of simulated, real, got "yes"`,
		`[{"match": "a"}, {"health": "ok"}]`:    `[1].match must be a glob, got ""`,
		`[{"match": "[", "migration": "fail"}]`: `[0].match must be a glob, got "["`,
	} {
		if _, err := parse(text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestEachKeyHasAList(t *testing.T) {
	data := map[string]string{
		"rules":   `[{"match": "virtwork-*", "boot": "fail", "health": "failing"}]`,
		"rules-2": `[{"match": "virtwork-cpu-*", "boot": "stall"}]`,
		"rules-3": "[]",
	}
	list, err := parseAll(data)
	if err != nil {
		t.Fatal(err)
	}
	if b := behaviour(list, "virtwork", "virtwork-cpu-0"); b.Boot != Stall || b.Health != Failing {
		t.Errorf("got %+v", b)
	}
	data["rules-3"] = `[{"health": "ok"}]`
	if _, err := parseAll(data); err == nil || err.Error() != `rules-3: [0].match must be a glob, got ""` {
		t.Errorf("got %v", err)
	}
}
