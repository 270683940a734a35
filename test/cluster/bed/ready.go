package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// apiClient checks whether the parts are ready.
type apiClient struct {
	http  *http.Client
	token string
}

func newAPIClient(ca []byte, token string) (*apiClient, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, errors.New("the authority's certificate cannot be read")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	return &apiClient{http: &http.Client{Transport: transport, Timeout: 5 * time.Second}, token: token}, nil
}

func (c *apiClient) get(port int, path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, local("https", port)+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}

func (b *bed) answers(port int, path string) bool {
	_, err := b.api.get(port, path)
	return err == nil
}

func (b *bed) apiReady() bool { return b.answers(b.ports.apiServer, "/readyz") }

func (b *bed) virtAPIReady() bool { return b.answers(b.ports.virtAPI, "/healthz") }

// clusterReady is true if a new VirtualMachine would be admitted, get an instance, and be scheduled.
func (b *bed) clusterReady() bool {
	return b.leads() && b.answers(b.ports.apiServer, "/apis/subresources.kubevirt.io/v1") && b.nodesReady()
}

func (b *bed) leads() bool {
	answer, err := b.api.get(b.ports.virtController, "/leader")
	return err == nil && strings.Contains(string(answer), "true")
}

func (b *bed) nodesReady() bool {
	answer, err := b.api.get(b.ports.apiServer, "/api/v1/nodes")
	if err != nil {
		return false
	}
	var list struct {
		Items []node `json:"items"`
	}
	if json.Unmarshal(answer, &list) != nil || len(list.Items) < b.nodes {
		return false
	}
	for _, node := range list.Items {
		if !node.ready() {
			return false
		}
	}
	return true
}

type node struct {
	Metadata struct {
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Taints []any `json:"taints"`
	} `json:"spec"`
	Status struct {
		Conditions []struct{ Type, Status string } `json:"conditions"`
	} `json:"status"`
}

func (n node) ready() bool {
	if n.Metadata.Labels["kubevirt.io/schedulable"] != "true" || len(n.Spec.Taints) > 0 {
		return false
	}
	for _, condition := range n.Status.Conditions {
		if condition.Type == "Ready" {
			return condition.Status == "True"
		}
	}
	return false
}
