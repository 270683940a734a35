// virt-api, unchanged. It has a program of its own because it takes seconds of CPU before main: it draws up the
// documentation of its API.
package main

import (
	"kubevirt.io/kubevirt/pkg/service"
	virtapi "kubevirt.io/kubevirt/pkg/virt-api"
)

func main() {
	api := virtapi.NewVirtApi()
	service.Setup(api)
	api.Execute()
}
