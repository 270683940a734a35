// Package rules reads the rules by which a test controls the simulators. They are in a ConfigMap, and each applies to
// the objects whose names it matches. The manifests under test do not change.
package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Values of the fields of a rule.
const (
	OK      = "ok"
	Failing = "failing"
	Stall   = "stall"
	Fail    = "fail"
	Restart = "restart"
	Missing = "missing"

	Simulated = "simulated"
	Real      = "real"
)

const defaultPace = 200 * time.Millisecond

// Rule defines the behavior of the objects whose names it matches. An earlier rule applies to omitted fields.
type Rule struct {
	// Match is a glob: of an object's name, or of namespace/name if it has a slash.
	Match string `json:"match"`
	// Pace is how long each step takes.
	Pace *metav1.Duration `json:"pace,omitempty"`
	// Guest is what boots: simulated or real. A running guest stays what it is.
	Guest string `json:"guest,omitempty"`
	// Boot of a guest: ok, stall or fail.
	Boot string `json:"boot,omitempty"`
	// Health is the guest's answer to its readiness probe: ok or failing.
	Health string `json:"health,omitempty"`
	// Agent is the guest agent: ok or missing.
	Agent string `json:"agent,omitempty"`
	// Shutdown of a guest: ok or stall.
	Shutdown string `json:"shutdown,omitempty"`
	// Migration of a guest: ok, stall or fail.
	Migration string `json:"migration,omitempty"`
	// DataVolume is the filling of a data volume: ok, stall, restart (the importer fails repeatedly) or fail.
	DataVolume string `json:"dataVolume,omitempty"`
}

// Behaviour is the combination of all rules for one object.
type Behaviour struct {
	Pace                                                        time.Duration
	Guest, Boot, Health, Agent, Shutdown, Migration, DataVolume string
}

// parseAll joins the lists of all keys, in the order of the names of the keys.
func parseAll(data map[string]string) ([]Rule, error) {
	var all []Rule
	for _, key := range slices.Sorted(maps.Keys(data)) {
		list, err := parse(data[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		all = append(all, list...)
	}
	return all, nil
}

func parse(text string) ([]Rule, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewBufferString(text))
	// Without this check, a misspelled key would only cause a timeout of a test.
	decoder.DisallowUnknownFields()
	var list []Rule
	if err := decoder.Decode(&list); err != nil {
		return nil, err
	}
	for i, rule := range list {
		if err := rule.validate(); err != nil {
			return nil, fmt.Errorf("[%d].%w", i, err)
		}
	}
	return list, nil
}

func (r Rule) validate() error {
	if _, err := path.Match(r.Match, ""); err != nil || r.Match == "" {
		return fmt.Errorf("match must be a glob, got %q", r.Match)
	}
	for _, field := range []struct {
		name, value string
		allowed     []string
	}{
		{"guest", r.Guest, []string{Simulated, Real}},
		{"boot", r.Boot, []string{OK, Stall, Fail}},
		{"health", r.Health, []string{OK, Failing}},
		{"agent", r.Agent, []string{OK, Missing}},
		{"shutdown", r.Shutdown, []string{OK, Stall}},
		{"migration", r.Migration, []string{OK, Stall, Fail}},
		{"dataVolume", r.DataVolume, []string{OK, Stall, Restart, Fail}},
	} {
		if field.value != "" && !slices.Contains(field.allowed, field.value) {
			return fmt.Errorf("%s must be one of %s, got %q", field.name, strings.Join(field.allowed, ", "), field.value)
		}
	}
	return nil
}

func (r Rule) matches(namespace, name string) bool {
	if strings.Contains(r.Match, "/") {
		name = namespace + "/" + name
	}
	ok, _ := path.Match(r.Match, name)
	return ok
}

func behaviour(list []Rule, namespace, name string) Behaviour {
	b := Behaviour{
		Pace: defaultPace, Guest: Simulated, Boot: OK, Health: OK, Agent: OK, Shutdown: OK, Migration: OK, DataVolume: OK,
	}
	for _, rule := range list {
		if rule.matches(namespace, name) {
			rule.apply(&b)
		}
	}
	return b
}

func (r Rule) apply(b *Behaviour) {
	if r.Pace != nil {
		b.Pace = r.Pace.Duration
	}
	set := func(to *string, value string) {
		if value != "" {
			*to = value
		}
	}
	set(&b.Guest, r.Guest)
	set(&b.Boot, r.Boot)
	set(&b.Health, r.Health)
	set(&b.Agent, r.Agent)
	set(&b.Shutdown, r.Shutdown)
	set(&b.Migration, r.Migration)
	set(&b.DataVolume, r.DataVolume)
}
