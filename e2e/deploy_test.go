package e2e

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const deployed = "../deploy"

var variable = regexp.MustCompile(`EARSHOT_[A-Z0-9_]+`)

// TestDeploy_NamesOnlySettingsThatThereAre: a setting with a wrong name is silently
// none.
func TestDeploy_NamesOnlySettingsThatThereAre(t *testing.T) {
	t.Parallel()
	help, err := exec.Command(binary(), "serve", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := variable.FindAllString(strings.Join(strings.Fields(string(help)), ""), -1)
	files, err := filepath.Glob(filepath.Join(deployed, "*"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range files {
		for _, name := range variable.FindAllString(read(t, f), -1) {
			if seen[name] = true; !slices.Contains(known, name) {
				t.Errorf("%s names %s, which earshot serve --help does not", f, name)
			}
		}
	}
	for _, name := range []string{"EARSHOT_DATA", "EARSHOT_DATABASE", "EARSHOT_BUS", "EARSHOT_PUBLIC_URL", "EARSHOT_TRUSTED_PROXY", "EARSHOT_S3_ENDPOINT"} {
		if !seen[name] {
			t.Errorf("no file names %s", name)
		}
	}
}

// TestDeploy_TheUnitIsOneForSystemd and leaves the service little.
func TestDeploy_TheUnitIsOneForSystemd(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is missing (Debian's package systemd): the unit was not tried")
	}
	unit := filepath.Join(t.TempDir(), "earshot.service")
	text := strings.ReplaceAll(read(t, filepath.Join(deployed, "earshot.service")), "/usr/local/bin/earshot", binary())
	if err := os.WriteFile(unit, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(analyze, "verify", "--man=no", unit).CombinedOutput(); err != nil || len(bytes.TrimSpace(said)) > 0 {
		t.Errorf("%v: %s", err, said)
	}
	// 20 tenths of ten: what a service that needs the network alone can reach.
	if said, err := exec.Command(analyze, "security", "--offline=true", "--threshold=20", unit).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

// TestDeploy_NodesAreStoppedAndAskedAsTheyExpect in both files that start several.
func TestDeploy_NodesAreStoppedAndAskedAsTheyExpect(t *testing.T) {
	t.Parallel()
	var compose struct {
		Services map[string]struct {
			Image  string            `yaml:"image"`
			Grace  string            `yaml:"stop_grace_period"`
			Env    map[string]string `yaml:"environment"`
			Mounts []string          `yaml:"volumes"`
		} `yaml:"services"`
		Volumes map[string]any `yaml:"volumes"`
	}
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(deployed, "compose.yaml"))), &compose); err != nil {
		t.Fatal(err)
	}
	nodes := 0
	for name, s := range compose.Services {
		for _, m := range s.Mounts {
			if from, _, _ := strings.Cut(m, ":"); !strings.HasPrefix(from, ".") {
				if _, there := compose.Volumes[from]; !there {
					t.Errorf("%s mounts %s, which is no volume", name, from)
				}
			}
		}
		if s.Image == "earshot" {
			nodes++
			if s.Grace != "15s" || s.Env["EARSHOT_DATABASE"] == "" || s.Env["EARSHOT_BUS"] == "" {
				t.Errorf("%s: %+v", name, s)
			}
			if proxy := read(t, filepath.Join(deployed, "Caddyfile")); !strings.Contains(proxy, name+":8080") {
				t.Errorf("the proxy does not know %s", name)
			}
		}
	}
	if nodes != 3 {
		t.Errorf("%d nodes", nodes)
	}
	kinds := map[string]manifest{}
	for d := yaml.NewDecoder(strings.NewReader(read(t, filepath.Join(deployed, "kubernetes.yaml")))); ; {
		var m manifest
		err := d.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.APIVersion == "" || m.Metadata.Name != "earshot" {
			t.Errorf("%+v", m)
		}
		kinds[m.Kind] = m
	}
	pod := kinds["Deployment"].Spec.Template.Spec
	if len(pod.Containers) != 1 || pod.Grace < 15 {
		t.Fatalf("the pod is %+v", pod)
	}
	c := pod.Containers[0]
	if c.Readiness.Get.Path != "/readyz" || c.Liveness.Get.Path != "/healthz" || len(c.Ports) != 1 || c.Ports[0].Number != 8080 {
		t.Errorf("it is asked by %+v", c)
	}
	for _, e := range c.Env {
		secret := strings.HasSuffix(e.Name, "DATABASE") || strings.HasSuffix(e.Name, "BUS") || strings.Contains(e.Name, "S3_")
		if (e.From.Secret.Key != "") != secret {
			t.Errorf("%s comes from %+v", e.Name, e)
		}
	}
}

// manifest is what the test asks of one of Kubernetes' objects.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Template struct {
			Spec struct {
				Grace      int `yaml:"terminationGracePeriodSeconds"`
				Containers []struct {
					Ports []struct {
						Number int `yaml:"containerPort"`
					}
					Env []struct {
						Name, Value string
						From        struct {
							Secret struct{ Name, Key string } `yaml:"secretKeyRef"`
						} `yaml:"valueFrom"`
					}
					Readiness healthProbe `yaml:"readinessProbe"`
					Liveness  healthProbe `yaml:"livenessProbe"`
				}
			}
		}
	}
}

type healthProbe struct {
	Get struct{ Path string } `yaml:"httpGet"`
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
