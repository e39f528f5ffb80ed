#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Brings what roadgnn needs onto this machine: Debian or Ubuntu packages and, on request, LibTorch. The versions are those
# of data/pins.txt. Says what it is going to do, does nothing that is done already, and can be stopped and started again.
#
# Usage: data/setup.sh [--libtorch] [--tests] [--cuda | --no-cuda] [--no-packages] [--help]
#   (nothing)      the packages that the program needs: roads and planning
#   --libtorch     and LibTorch for learning, into ${XDG_CACHE_HOME:-~/.cache}/roadgnn (0.5 GB to fetch, 1.2 GB unpacked)
#   --tests        and what the tests need
#   --cuda         and what the CUDA build needs; --no-cuda: never. By default where there is an NVIDIA driver
#   --no-packages  leaves the packages alone (they are here already, by other means)
# LibTorch or packages of your own: skip this script and point CMake to them (Torch_DIR, CMAKE_PREFIX_PATH).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pins=$here/pins.txt
cache=${XDG_CACHE_HOME:-$HOME/.cache}/roadgnn

die() { echo "setup: $*" >&2; exit 1; }
say() { echo "setup: $*" >&2; }

libtorch=no tests=no cuda=auto packages=yes city=no
for argument in "$@"; do
  case $argument in
    --libtorch) libtorch=yes ;;
    --tests) tests=yes ;;
    --city) city=yes ;;  # for data/make_default_city.sh: fetches its source and prints the path
    --cuda) cuda=yes ;;
    --no-cuda) cuda=no ;;
    --no-packages) packages=no ;;
    --help) sed -n '/^# Usage/,/^# LibTorch/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $argument; see --help" ;;
  esac
done
if [ $cuda = auto ]; then
  if [ -e /proc/driver/nvidia/version ] || [ -e /dev/nvidiactl ]; then cuda=yes; else cuda=no; fi
fi
# The CUDA compiler that CMake would find.
nvcc=${CUDACXX:-$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)}

# pinned KIND GROUP...: the pins of these groups, a line each, without kind and group.
pinned() {
  local kind=$1
  shift
  awk -v kind="$kind" -v groups=" $* " \
    '$1 == kind && index(groups, " " $2 " ") { $1 = $2 = ""; print substr($0, 3) }' "$pins"
}

# ---------------------------------------------------------------------------------------------------------- packages

# install_packages GROUP...: installs the packages that are missing or too old.
install_packages() {
  local missing=() package least have
  command -v dpkg-query >/dev/null ||
    die "no dpkg here; install by your own means, then use --no-packages: $(pinned deb "$@" | cut -d' ' -f1 | xargs)"
  local -A installed=()
  while read -r package have; do installed[$package]=$have; done < <(
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' | awk '$1 == "installed" { print $2, $3 }')
  while read -r package least; do
    have=${installed[$package]:-}
    if [ -z "$have" ] || dpkg --compare-versions "$have" lt "$least"; then missing+=("$package"); fi
  done < <(pinned deb "$@")
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      die "needs root and finds no sudo; ask an administrator for: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  local log
  log=$(mktemp)
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o Acquire::Retries=5)
  "${apt[@]}" update >"$log" 2>&1 ||
    { cat "$log" >&2; die "apt-get update failed; is there a network, and are the package sources right?"; }
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
    { cat "$log" >&2; die "apt-get install failed; needs Debian 12, Ubuntu 24.04 or newer, with: ${missing[*]}"; }
  rm -f "$log"
  while read -r package least; do
    have=$(dpkg-query -W -f '${Version}' "$package")
    dpkg --compare-versions "$have" ge "$least" || die "$package: expected $least or newer, this system offers $have"
  done < <(pinned deb "$@")
}

# ------------------------------------------------------------------------------------------------------------ wheels

is_intact() { [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status; }

# The pinned pip: older ones fetch a whole wheel only to say where it is.
bring_pip() {
  local name version sha
  read -r name version sha < <(pinned wheel pip)
  pip_wheel=$cache/download/pip-$version-py3-none-any.whl
  is_intact "$pip_wheel" "$sha" && return
  python3 -m pip --version >/dev/null 2>&1 || die "needs Python's pip to fetch wheels, found none (package python3-pip)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps -d "$cache/download" "pip==$version" >&2 ||
    die "pip $version could not be fetched from the package index"
  is_intact "$pip_wheel" "$sha" || { rm -f "$pip_wheel"; die "pip $version: checksum differs from data/pins.txt"; }
}

# run_pip ARG...: the pinned pip, for the Python and the platform that the pins are for.
run_pip() {
  local command=$1
  shift
  PYTHONPATH=$pip_wheel python3 -m pip "$command" --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --implementation cp --python-version 3.11 --abi cp311 --abi none \
    $(printf -- '--platform manylinux_2_%s_x86_64 ' {28..5}) --platform manylinux2014_x86_64 \
    --platform manylinux2010_x86_64 "$@"
}

# fetch_wheel NAME VERSION SHA: sets $wheel to the checked file, continuing an earlier download.
fetch_wheel() {
  local name=$1 version=$2 sha=$3 report url
  report=$cache/download/report.json
  wheel=$cache/download/$name-$version.whl
  is_intact "$wheel" "$sha" && return
  bring_pip
  say "fetching $name $version"
  rm -f "$report"
  run_pip install --use-feature=fast-deps --dry-run --ignore-installed --target "$cache/none" --report "$report" \
    "$name==$version" 2>/dev/null || die "$name $version: not found in the package index pip is set up for"
  url=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["install"][0]["download_info"]["url"])' "$report")
  local progress=--silent
  [ ! -t 2 ] || progress=--progress-bar
  # A server may refuse to continue a download (status 33), or the part may be of something else: then from the start.
  curl --fail --location $progress --retry 8 --retry-connrefused --continue-at - -o "$wheel.part" "$url" ||
    { rm -f "$wheel.part"; run_pip download -d "$cache/download/by-pip" "$name==$version" >&2 &&
      mv "$cache/download/by-pip/"*.whl "$wheel.part"; } ||
    die "$name $version: download broken off; run again to go on"
  is_intact "$wheel.part" "$sha" || { rm -f "$wheel.part"; die "$name $version: checksum differs from data/pins.txt"; }
  mv "$wheel.part" "$wheel"
}

# unpack_wheel NAME VERSION: what C++ needs of $wheel, beside the others, and its licence.
unpack_wheel() {
  local parts=()
  [ "$1" != torch ] || parts=('torch/include/*' 'torch/lib/*' 'torch/share/*' '*.dist-info/*' -x '*/libtorch_python.so')
  unzip -q -o "$wheel" "${parts[@]}" -d "$tree" || die "$1 $2: cannot be unpacked to $tree; is the disk full?"
}

# install_wheels GROUP...: the wheels that are missing, into $tree.
install_wheels() {
  local name version sha library wheel todo=() entry
  while read -r name version sha library; do
    [ "$(cat "$tree/done/$name" 2>/dev/null)" != "$sha" ] || continue
    if [ -n "$library" ] && PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q "$library "; then continue; fi
    todo+=("$name $version $sha")
  done < <(pinned wheel "$@")
  [ ${#todo[@]} -gt 0 ] || return 0

  [ "$(uname -m)" = x86_64 ] || die "LibTorch is pinned for x86_64, this is $(uname -m); point Torch_DIR to one of yours"
  mkdir -p "$cache/download" "$tree/done"
  exec 9>"$cache/lock"
  flock -n 9 || { say "waiting for another set-up to finish"; flock 9; }
  for entry in "${todo[@]}"; do
    read -r name version sha <<<"$entry"
    [ "$(cat "$tree/done/$name" 2>/dev/null)" != "$sha" ] || continue
    fetch_wheel "$name" "$version" "$sha"
    unpack_wheel "$name" "$version"
    echo "$sha" >"$tree/done/$name"
    rm -f "$wheel"
  done
  # Wheels ship libx.so.13 alone and lib where toolkits have lib64; compilers and linkers look for both.
  local lib
  if [ -d "$tree/nvidia/cu13/lib" ]; then
    for lib in "$tree/nvidia/cu13/lib/"*.so.*; do ln -sf "$(basename "$lib")" "${lib%%.so.*}.so"; done
    ln -sfn lib "$tree/nvidia/cu13/lib64"
  fi
  exec 9>&-
}

# -------------------------------------------------------------------------------------------------------------- main

groups=(build)
if [ $libtorch = yes ] || [ $cuda = yes ]; then groups+=(fetch); fi
[ $tests = no ] || groups+=(tests)
[ $city = no ] || groups+=(fetch city)
[ $packages = no ] || install_packages "${groups[@]}"

read -r _ torch_version _ < <(pinned wheel libtorch)
tree=$cache/libtorch-$torch_version
wheels=()
[ $libtorch = no ] || wheels+=(runtime libtorch)
if [ $cuda = yes ]; then
  # The program's own kernels need a compiler and the runtime; LibTorch on a GPU its libraries too.
  [ -n "$nvcc" ] || wheels+=(runtime toolkit)
  [ $libtorch = no ] || wheels+=(torch-cuda)
fi
[ ${#wheels[@]} = 0 ] || install_wheels "${wheels[@]}"
if [ $city = yes ]; then
  mkdir -p "$cache/download"
  read -r name version sha < <(pinned wheel city)
  fetch_wheel "$name" "$version" "$sha"
  echo "$wheel"
fi
