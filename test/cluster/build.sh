#!/bin/sh
# Builds the programs of the bed and prints their folder. Each program is kept under the hash of its sources, so that a
# change rebuilds only the affected programs.
#   BED_CACHE  where to keep them (default: virtwork/bed in the user's cache folder)
# Exit codes: 0 built or found; 1 a build failed; 3 Go is not installed.
set -eu

kubernetes=1.34.2
kwok=v0.7.0

here=$(cd "$(dirname "$0")" && pwd)
cdi_crds=$here/../../imports/crds/cdi.kubevirt.io.yaml
cache=${BED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/virtwork/bed}

main() {
  if ! command -v go >/dev/null; then
    echo 'build.sh: the cluster test bed is built with Go 1.24 or later, and no go is on PATH: https://go.dev/dl' >&2
    exit 3
  fi
  mkdir -p "$cache"
  version="-X k8s.io/component-base/version.gitVersion=v$kubernetes -X k8s.io/component-base/version.gitMajor=1"
  version="$version -X k8s.io/component-base/version.gitMinor=34"
  kubernetes_dir=$(program kubernetes "$version")
  kubevirt_dir=$(program kubevirt '')
  kwok_dir=$(kwok)
  bed_dir=$(program bed '')
  folder=$cache/$(printf '%s\n' "$kubernetes_dir" "$kubevirt_dir" "$kwok_dir" "$bed_dir" | cat - "$0" "$cdi_crds" | hash)
  [ -d "$folder" ] || gather
  echo "$folder"
}

# program FOLDER LDFLAGS: builds the programs of the module in the folder; prints their folder.
program() {
  built=$cache/$1-$(cd "$here/$1" && cat ./go.* ./*.go ./*/*.go ./*.yaml "$here/build.sh" 2>/dev/null | hash)
  if [ ! -d "$built" ]; then
    echo "build.sh: building $1" >&2
    half=$(mktemp -d "$cache/.half.XXXXXX")
    (cd "$here/$1" && go build -buildvcs=false -ldflags "-s -w $2" -o "$half/" ./...)
    settle "$half" "$built"
  fi
  echo "$built"
}

kwok() {
  built=$cache/kwok-$kwok
  if [ ! -d "$built" ]; then
    echo "build.sh: building kwok $kwok" >&2
    half=$(mktemp -d "$cache/.half.XXXXXX")
    GOBIN=$half go install -ldflags '-s -w' "sigs.k8s.io/kwok/cmd/kwok@$kwok"
    settle "$half" "$built"
  fi
  echo "$built"
}

# gather: creates one folder with all programs under all their names. bed is copied, because it looks for the others in its folder.
gather() {
  half=$(mktemp -d "$cache/.half.XXXXXX")
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do ln -s "$kubernetes_dir/kubernetes" "$half/$name"; done
  ln -s "$kubevirt_dir/api" "$half/virt-api"
  for name in virt-controller kubevirt-install simulated-virt-handler simulated-cdi; do ln -s "$kubevirt_dir/kubevirt" "$half/$name"; done
  ln -s "$kwok_dir/kwok" "$half/kwok"
  cp "$bed_dir/bed" "$half/bed"
  cp "$cdi_crds" "$half/cdi-crds.yaml"
  settle "$half" "$folder"
}

# settle HALF WHOLE: moves a build into place. Of two builds at the same time, the first to end wins.
settle() {
  chmod 755 "$1"
  mv -T "$1" "$2" 2>/dev/null || { rm -rf "$1"; [ -d "$2" ]; }
}

hash() { sha256sum | cut -c1-16; }

main
