package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	frontProxy = "front-proxy"
	masters    = "system:masters"
)

// identity is a user with a token. RBAC defines its permissions.
type identity struct{ name, user, groups string }

// The parts of KubeVirt use their service accounts, because its webhooks revert changes of a status by other users.
var identities = []identity{
	{"admin", "admin", masters},
	{"nobody", "nobody", ""},
	{"kubelet", "kwok", masters},
	{"controller-manager", "system:kube-controller-manager", ""},
	{"scheduler", "system:kube-scheduler", ""},
	serviceAccount("virt-api", "kubevirt", "kubevirt-apiserver"),
	serviceAccount("virt-controller", "kubevirt", "kubevirt-controller"),
	serviceAccount("virt-handler", "kubevirt", "kubevirt-handler"),
	serviceAccount("cdi", "cdi", "cdi-sa"),
}

func serviceAccount(name, namespace, account string) identity {
	return identity{
		name:   name,
		user:   fmt.Sprintf("system:serviceaccount:%s:%s", namespace, account),
		groups: "system:serviceaccounts,system:serviceaccounts:" + namespace,
	}
}

// writeIdentities creates a token and a kubeconfig for each user, and a kubeconfig with an invalid token.
func writeIdentities(dir string, port int, ca []byte) (map[string]string, error) {
	tokens := map[string]string{"expired": rand.Text()}
	var table strings.Builder
	for _, who := range identities {
		tokens[who.name] = rand.Text()
		fmt.Fprintf(&table, "%s,%s,%s,%q\n", tokens[who.name], who.user, who.name, who.groups)
	}
	if err := os.WriteFile(filepath.Join(dir, "pki", "tokens.csv"), []byte(table.String()), 0o600); err != nil {
		return nil, err
	}
	for name, token := range tokens {
		if err := os.WriteFile(kubeconfigPath(dir, name), []byte(kubeconfig(name, token, port, ca)), 0o600); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

func kubeconfigPath(dir, name string) string { return filepath.Join(dir, "kubeconfig."+name) }

func kubeconfig(name, token string, port int, ca []byte) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
  - name: bed
    cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}
users:
  - name: %[3]s
    user: {token: %s}
contexts:
  - name: bed
    context: {cluster: bed, user: %[3]s}
current-context: bed
`, port, base64.StdEncoding.EncodeToString(ca), name, token)
}
