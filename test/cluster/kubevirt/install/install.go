// Package install replaces virt-operator and the setup of the machines: it creates KubeVirt's own CRDs, roles and
// webhooks in the API server, and the nodes and the storage of the bed.
package install

import (
	"context"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/runtime"

	"virtwork.test/cluster/kubevirt/connect"
)

const namespace = "kubevirt"

type options struct {
	ca      string
	cdiCRDs string
	nodes   int
	kubelet int
	port    int
}

// Main installs the objects that virt-api needs to start ("cluster"), or the objects that call virt-api ("webhooks").
func Main(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("kubevirt-install: want cluster or webhooks")
	}
	flags := connect.NewFlags("kubevirt-install " + args[0])
	var o options
	flags.StringVar(&o.ca, "ca", "", "certificate of the authority that signed virt-api's, as a file")
	flags.StringVar(&o.cdiCRDs, "cdi-crds", "", "file with the CRDs of CDI that the project ships")
	flags.IntVar(&o.nodes, "nodes", 3, "number of nodes")
	flags.IntVar(&o.kubelet, "kubelet-port", 0, "where the kubelets of all nodes listen on localhost")
	flags.IntVar(&o.port, "virt-api-port", 0, "where virt-api listens on localhost")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	config, err := flags.Config()
	if err != nil {
		return err
	}
	target, err := newTarget(config)
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(o.ca)
	if err != nil {
		return err
	}
	switch args[0] {
	case "cluster":
		return installCluster(ctx, target, o, string(ca))
	case "webhooks":
		return target.apply(ctx, webhooks(ca, int32(o.port))...)
	}
	return fmt.Errorf("kubevirt-install: want cluster or webhooks, got %q", args[0])
}

func installCluster(ctx context.Context, target *target, o options, ca string) error {
	definitions, err := crds(o.cdiCRDs)
	if err != nil {
		return err
	}
	if err := target.apply(ctx, definitions...); err != nil {
		return err
	}
	if err := target.waitEstablished(ctx); err != nil {
		return err
	}
	for _, objects := range [][]runtime.Object{namespaces(), access(), configuration(ca), storage(), nodes(o.nodes, int32(o.kubelet))} {
		if err := target.apply(ctx, objects...); err != nil {
			return err
		}
	}
	return target.applyStatus(ctx, statuses()...)
}
