package install

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/components"
)

// webhooks are KubeVirt's own, and its API for subresources. All name the Service virt-api: here that is another name of
// this machine, since no node routes to a real one.
func webhooks(ca []byte, port int32) []runtime.Object {
	objects := []runtime.Object{&corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: components.VirtApiServiceName, Namespace: namespace},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"},
	}}
	validating := components.NewVirtAPIValidatingWebhookConfiguration(namespace)
	for i := range validating.Webhooks {
		client := &validating.Webhooks[i].ClientConfig
		client.CABundle, client.Service.Port = ca, &port
	}
	mutating := components.NewVirtAPIMutatingWebhookConfiguration(namespace)
	for i := range mutating.Webhooks {
		client := &mutating.Webhooks[i].ClientConfig
		client.CABundle, client.Service.Port = ca, &port
	}
	for _, service := range components.NewVirtAPIAPIServices(namespace) {
		service.Spec.CABundle, service.Spec.Service.Port = ca, &port
		objects = append(objects, service)
	}
	return append(objects, validating, mutating)
}
