# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# The set-up script and nothing else: an image to build, test and run roadgnn in.
#   CPU:  docker build -t roadgnn .
#   CUDA: docker build -t roadgnn:cuda --build-arg SETUP="--libtorch --tests --cuda" .
#   docker run --rm -v "$PWD:/roadgnn" roadgnn tests/run.sh        (with --gpus all for the CUDA image)
ARG BASE=debian:12
FROM ${BASE}
ARG SETUP="--libtorch --tests --no-cuda"
ENV XDG_CACHE_HOME=/opt/cache ROADGNN_SETUP="${SETUP}"
COPY data/setup.sh data/pins.txt /opt/setup/
RUN /opt/setup/setup.sh ${SETUP}
WORKDIR /roadgnn
CMD ["tests/run.sh"]
