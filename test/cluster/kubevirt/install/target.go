package install

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// target applies objects of any kind to the API server.
type target struct{ client dynamic.Interface }

func newTarget(config *rest.Config) (*target, error) {
	client, err := dynamic.NewForConfig(config)
	return &target{client}, err
}

func (t *target) apply(ctx context.Context, objects ...runtime.Object) error {
	return t.patch(ctx, objects)
}

func (t *target) applyStatus(ctx context.Context, objects ...runtime.Object) error {
	return t.patch(ctx, objects, "status")
}

func (t *target) patch(ctx context.Context, objects []runtime.Object, subresource ...string) error {
	for _, object := range objects {
		if err := t.patchOne(ctx, object, subresource); err != nil {
			return fmt.Errorf("%s: %w", object.GetObjectKind().GroupVersionKind().Kind, err)
		}
	}
	return nil
}

func (t *target) patchOne(ctx context.Context, object runtime.Object, subresource []string) error {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return err
	}
	plain := &unstructured.Unstructured{Object: fields}
	// Apply would take ownership of this field, which the API server does not permit.
	unstructured.RemoveNestedField(fields, "metadata", "creationTimestamp")
	body, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	// Every kind here has a regular plural. Discovery is not needed, and would be late for new CRDs.
	resource, _ := meta.UnsafeGuessKindToResource(plain.GroupVersionKind())
	force := true
	_, err = t.client.Resource(resource).Namespace(plain.GetNamespace()).Patch(ctx, plain.GetName(), types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: "bed", Force: &force}, subresource...)
	if err != nil {
		return fmt.Errorf("%s: %w", plain.GetName(), err)
	}
	return nil
}

// waitEstablished waits until the API server serves every custom resource.
func (t *target) waitEstablished(ctx context.Context) error {
	resource := extv1.SchemeGroupVersion.WithResource("customresourcedefinitions")
	return wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		list, err := t.client.Resource(resource).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		for _, item := range list.Items {
			if !established(item) {
				return false, nil
			}
		}
		return true, nil
	})
}

func established(crd unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(crd.Object, "status", "conditions")
	for _, condition := range conditions {
		if c, ok := condition.(map[string]any); ok && c["type"] == "Established" && c["status"] == "True" {
			return true
		}
	}
	return false
}
