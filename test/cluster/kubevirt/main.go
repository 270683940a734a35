// KubeVirt's controller, its installation, and the simulators of what needs a machine of its own, in one program: which
// of them runs is the name it is called by. virt-api is in the folder api.
//
//	virt-controller         KubeVirt's own, unchanged
//	kubevirt-install        what virt-operator would create: CRDs, roles, webhooks; and the cluster's nodes and storage
//	simulated-virt-handler  boots, probes, migrates and shuts down guests that do not exist, or real ones in QEMU
//	simulated-cdi           fills DataVolumes with nothing
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	virtcontroller "kubevirt.io/kubevirt/pkg/virt-controller/watch"

	"virtwork.test/cluster/kubevirt/cdi"
	"virtwork.test/cluster/kubevirt/handler"
	"virtwork.test/cluster/kubevirt/install"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, filepath.Base(os.Args[0]), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, part string, args []string) error {
	switch part {
	case "virt-controller":
		virtcontroller.Execute()
		return nil
	case "kubevirt-install":
		return install.Main(ctx, args)
	case "simulated-virt-handler":
		return handler.Main(ctx, args)
	case "simulated-cdi":
		return cdi.Main(ctx, args)
	}
	return fmt.Errorf("called as %q; want virt-controller, kubevirt-install, simulated-virt-handler or simulated-cdi", part)
}
