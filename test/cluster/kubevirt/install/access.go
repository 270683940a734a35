package install

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/components"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/rbac"
)

const (
	cdiGroup     = "cdi.kubevirt.io"
	cdiNamespace = "cdi"
	cdiAccount   = "cdi-sa"
)

func namespaces() []runtime.Object {
	var objects []runtime.Object
	for _, name := range []string{namespace, cdiNamespace} {
		objects = append(objects, &corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: name},
		})
	}
	return objects
}

// access returns KubeVirt's own roles, and additional permissions for the simulators.
func access() []runtime.Object {
	return slices.Concat(
		rbac.GetAllCluster(),
		rbac.GetAllApiServer(namespace),
		rbac.GetAllController(namespace),
		rbac.GetAllHandler(namespace),
		simulatorRole("simulated-virt-handler", namespace, components.HandlerServiceAccountName,
			// The simulator does the work of the kubelet for launcher pods.
			rule("", []string{"pods"}, "get", "list", "watch"),
			rule("", []string{"pods/status"}, "update"),
			// Real guests have the disks of claims and Secrets, and a DNS server.
			rule("", []string{"secrets"}, "get"),
			rule("", []string{"persistentvolumeclaims"}, "get", "list", "watch"),
			rule("discovery.k8s.io", []string{"endpointslices"}, "list", "watch"),
		),
		simulatorRole("simulated-cdi", cdiNamespace, cdiAccount,
			rule("", []string{"configmaps"}, "get", "list", "watch"),
			rule("", []string{"persistentvolumeclaims", "persistentvolumes"}, "get", "list", "watch", "create", "delete"),
			rule("storage.k8s.io", []string{"storageclasses"}, "get", "list"),
			rule(cdiGroup, []string{"datavolumes", "storageprofiles"}, "get", "list", "watch"),
			rule(cdiGroup, []string{"datavolumes/status"}, "update"),
			// The claim blocks the deletion of its owner. Setting this requires permission for the finalizers of the owner.
			rule(cdiGroup, []string{"datavolumes/finalizers"}, "update"),
		),
	)
}

func rule(group string, resources []string, verbs ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: verbs}
}

func simulatorRole(name, namespace, account string, allowed ...rbacv1.PolicyRule) []runtime.Object {
	return []runtime.Object{
		&rbacv1.ClusterRole{
			TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"},
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Rules:      allowed,
		},
		&rbacv1.ClusterRoleBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRoleBinding"},
			ObjectMeta: metav1.ObjectMeta{Name: name},
			RoleRef:    rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: name},
			Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: namespace, Name: account}},
		},
	}
}
