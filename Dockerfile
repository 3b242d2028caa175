# Two images from one file: `service` answers HTTP, `runner` runs submissions and knows of nothing else.
# Nothing here needs BuildKit: the builder that Debian's own engine brings is enough.

# What the languages asked for need, from the table that describes them. The stages after it see only
# what comes out, so that a change of the table that asks for nothing new builds nothing again.
FROM debian:trixie-slim AS toolchains

RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*

COPY sandbox/languages /languages
# Names of languages, or "full": every language, with more libraries.
ARG LANGUAGES="python c cpp javascript"
RUN python3 /languages/image.py /toolchains $LANGUAGES


FROM debian:trixie-slim AS runner

# Documentation stays out. Set-uid programs go: nobody in a runner needs more rights than they have.
COPY --from=toolchains /toolchains/packages /opt/rewardbox/packages
RUN printf 'path-exclude=/usr/share/%s/*\n' doc info locale man >/etc/dpkg/dpkg.cfg.d/slim \
 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive xargs -a /opt/rewardbox/packages \
      apt-get install -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/cache/apt/*.bin \
      /var/cache/debconf/*-old /var/log/*.log /var/log/apt \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} +

# What programs share and would otherwise make again and again.
COPY --from=toolchains /toolchains/setup /opt/rewardbox/setup
RUN sh /opt/rewardbox/setup

# What gives compilers a head start.
COPY sandbox/headstart /opt/rewardbox/recipes
RUN sh /opt/rewardbox/recipes/make.sh /opt/rewardbox/headstart

# The mount points of what is writable; the rest of a running container is read-only, so the
# byte code of the agent has to be there already, whatever its files' times say.
RUN mkdir --mode=1777 /box && mkdir /run/rewardbox
WORKDIR /opt/rewardbox
COPY sandbox/agent agent
RUN python3 -m compileall -q --invalidation-mode unchecked-hash agent

# A fixed seed: what the agent imports once must not differ between runners.
ENV LANG=C.UTF-8 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
CMD ["python3", "-s", "-m", "agent"]


FROM debian:trixie-slim AS dependencies

RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-hatchling python3-pip \
 && rm -rf /var/lib/apt/lists/*

COPY requirements.lock /src/
RUN python3 -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /src/requirements.lock


FROM dependencies AS application

WORKDIR /src
COPY pyproject.toml README.md ./
COPY app app
COPY sandbox sandbox
COPY verifiers verifiers
RUN hatchling build -t wheel -d dist \
 && pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-index --root /staged dist/*.whl


FROM debian:trixie-slim AS service

RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/*.log /var/log/apt \
 && groupadd --gid 10001 rewardbox \
 && useradd --uid 10001 --gid rewardbox --no-create-home --home-dir /nonexistent rewardbox \
 && install -d -m 0750 -o rewardbox -g rewardbox /run/rewardbox

COPY --from=dependencies /opt/venv /opt/venv
COPY --from=application /staged/opt/venv /opt/venv

ENV PATH=/opt/venv/bin:$PATH LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
    REWARDBOX_HOST=0.0.0.0 REWARDBOX_PORT=8080
USER rewardbox
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "\
import http.client, os, sys; \
service = http.client.HTTPConnection('127.0.0.1', int(os.environ['REWARDBOX_PORT']), timeout=4); \
service.request('GET', '/healthz'); \
sys.exit(service.getresponse().status != 200)"]
CMD ["rewardbox", "serve"]
