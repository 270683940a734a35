// Package connect is how each program of this module reaches the API server.
package connect

import (
	"flag"
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"kubevirt.io/client-go/kubecli"
)

// Flags of a program, with --kubeconfig among them.
type Flags struct {
	*flag.FlagSet
	kubeconfig *string
}

// NewFlags for the program of this name.
func NewFlags(name string) Flags {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	return Flags{FlagSet: set, kubeconfig: set.String("kubeconfig", "", "who the program is, and where the API server")}
}

// Config of the client. The bed shares two cores with what it tests: the API server is the brake, not the client.
func (f Flags) Config() (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", *f.kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 500, 1000
	return config, nil
}

// Client of the program that was called with these arguments.
func (f Flags) Client(args []string) (kubecli.KubevirtClient, error) {
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("%s: unexpected argument %q", f.Name(), f.Arg(0))
	}
	config, err := f.Config()
	if err != nil {
		return nil, err
	}
	return kubecli.GetKubevirtClientFromRESTConfig(config)
}
