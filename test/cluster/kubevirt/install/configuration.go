package install

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubevirtv1 "kubevirt.io/api/core/v1"
	cdiv1 "kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1"

	"virtwork.test/cluster/kubevirt/rules"
)

// Version of KubeVirt that go.mod pins.
const version = "v1.7.0"

func configuration(ca string) []runtime.Object {
	return []runtime.Object{
		kubevirt(),
		&cdiv1.CDI{TypeMeta: cdiType("CDI"), ObjectMeta: metav1.ObjectMeta{Name: "cdi"}},
		&cdiv1.CDIConfig{TypeMeta: cdiType("CDIConfig"), ObjectMeta: metav1.ObjectMeta{Name: "config"}},
		configMap("kubevirt-ca", "ca-bundle", ca),
		configMap("kubevirt-export-ca", "ca-bundle", ca),
		configMap(rules.Name, rules.Key, "[]"),
	}
}

// kubevirt is configured as clusters are that add CPUs and memory to running guests.
func kubevirt() *kubevirtv1.KubeVirt {
	live := kubevirtv1.VMRolloutStrategyLiveUpdate
	return &kubevirtv1.KubeVirt{
		TypeMeta:   metav1.TypeMeta{APIVersion: "kubevirt.io/v1", Kind: "KubeVirt"},
		ObjectMeta: metav1.ObjectMeta{Name: "kubevirt", Namespace: namespace},
		Spec: kubevirtv1.KubeVirtSpec{
			Configuration: kubevirtv1.KubeVirtConfiguration{VMRolloutStrategy: &live},
			WorkloadUpdateStrategy: kubevirtv1.KubeVirtWorkloadUpdateStrategy{
				WorkloadUpdateMethods: []kubevirtv1.WorkloadUpdateMethod{kubevirtv1.WorkloadUpdateMethodLiveMigrate},
			},
		},
	}
}

// statuses that an operator reports once it has deployed.
func statuses() []runtime.Object {
	deployed := kubevirt()
	deployed.Spec = kubevirtv1.KubeVirtSpec{}
	deployed.Status = kubevirtv1.KubeVirtStatus{
		Phase:                   kubevirtv1.KubeVirtPhaseDeployed,
		ObservedKubeVirtVersion: version,
		TargetKubeVirtVersion:   version,
	}
	objects := []runtime.Object{deployed}
	for _, class := range classes {
		objects = append(objects, class.profile())
	}
	return objects
}

func configMap(name, key, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Data:       map[string]string{key: value},
	}
}

func cdiType(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: cdiv1.SchemeGroupVersion.String(), Kind: kind}
}
