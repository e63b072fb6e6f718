# Short names for `cargo xtask`; `cargo xtask --help` explains each and its options.
# Options are passed on with ARGS, such as: make demo ARGS="--viewers 2000"
.PHONY: help demo test check fmt dev bench soak release linker

help:             ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile
demo: linker      ## play a made-up show; nothing but a C compiler and Node is needed
	@cargo xtask demo $(ARGS)
test: linker      ## every test and check, with a private PostgreSQL and a browser
	@cargo xtask test $(ARGS)
check: linker     ## formatting, lints, types, rules of the tree; no tests
	@cargo xtask check $(ARGS)
fmt: linker       ## format Rust and the console
	@cargo xtask fmt $(ARGS)
dev: linker       ## server and console, with reload of the console
	@cargo xtask dev $(ARGS)
bench: linker     ## measurements, beside other engines; ARGS="peers" for one of them
	@cargo xtask bench $(ARGS)
soak: linker      ## kill and restart the server under load, 100 rounds
	@cargo xtask soak $(ARGS)
release: linker   ## the program as it is shipped, console inside
	@cargo xtask release $(ARGS)

# Rust cannot link xtask itself without a C compiler, so this one need is met here.
linker:
	@command -v cc >/dev/null || { echo "installing gcc and libc6-dev: Rust needs them to link"; \
	  if [ "$$(id -u)" = 0 ]; then as=; else as="sudo -n"; fi; \
	  { $$as apt-get update -q && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends gcc libc6-dev; } \
	  || { echo "could not; please run: sudo apt-get install gcc libc6-dev"; exit 3; }; }
