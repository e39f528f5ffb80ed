#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Trains one route model in several processes of this machine, each on its share of every batch, and starts them again from
# the last checkpoint when one of them dies: what torchrun does, for where there is no Python.
#
# Usage: [PROCESSES=2] [RESTARTS=3] [ROADGNN=build/release/bin/roadgnn] examples/train_in_processes.sh DATA... -o RUN [options]
#
# The same on one machine with PyTorch's launcher:
#   torchrun --nproc-per-node 2 --max-restarts 3 --no-python roadgnn train DATA -o RUN
# On several machines that share the folder of the run; on each of them, NODE counting from 0:
#   torchrun --nnodes 4 --nproc-per-node 2 --node-rank NODE --master-addr HOST_OF_NODE_0 --master-port 29500 --max-restarts 3 \
#     --no-python roadgnn train DATA -o RUN
# Under Slurm:
#   export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -1)
#   srun --ntasks-per-node 2 roadgnn train DATA -o RUN
# Under Kubernetes: PyTorchJob of Kubeflow's training operator, which sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT; the
# command of its containers is `roadgnn train DATA -o RUN`, on a volume that all of them mount.
set -euo pipefail
processes=${PROCESSES:-2} restarts=${RESTARTS:-3}
roadgnn=${ROADGNN:-$(dirname "$0")/../build/release/bin/roadgnn}

export WORLD_SIZE=$processes MASTER_ADDR=127.0.0.1 MASTER_PORT=${MASTER_PORT:-29500} OMP_WAIT_POLICY=passive
ranks=()
trap 'kill "${ranks[@]}" 2>/dev/null || true; wait' EXIT  # a stop of this script is a stop of the training, with a checkpoint
trap 'exit 130' INT TERM
for ((attempt = 0; attempt <= restarts; attempt++)); do
  ranks=()
  for ((rank = 0; rank < processes; rank++)); do
    RANK=$rank LOCAL_RANK=$rank "$roadgnn" train "$@" --threads 1 &
    ranks+=($!)
  done
  status=0
  for ((left = processes; left > 0 && status == 0; left--)); do wait -n || status=$?; done
  [ $status != 0 ] || exit 0
  [ $status != 2 ] || exit 2  # wrong input stays wrong
  echo "a process ended with status $status; all start again from the last checkpoint" >&2
  kill -KILL "${ranks[@]}" 2>/dev/null || true
  wait || true
done
exit 1
