package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed prometheus.yaml
var prometheus string

// writeMonitoring writes a configuration of Prometheus, which a test may start.
func writeMonitoring(dir string, p ports) error {
	configuration := strings.NewReplacer(
		"HANDLER", fmt.Sprintf("%s:%d", loopback, p.metrics),
		"CONTROLLER", fmt.Sprintf("%s:%d", loopback, p.virtController),
	).Replace(prometheus)
	return os.WriteFile(filepath.Join(dir, "prometheus.yaml"), []byte(configuration), 0o644)
}
