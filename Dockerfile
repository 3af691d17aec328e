# One image for all four processes: the command says which. The steps are plain commands on purpose: the test suite
# runs each RUN line in a clean copy of the repository.
FROM denoland/deno:2.9.6

ENV DENO_DIR=/parley/.deno DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1

# Copied before WORKDIR, so that the folder itself is the user's too and the steps can write there.
COPY --chown=deno:deno . /parley
WORKDIR /parley
USER deno
RUN deno install --frozen --entrypoint server/main.ts broker/main.ts agent/main.ts web/main.ts
RUN deno run -A web/dev.ts build
RUN mkdir -p data

VOLUME /parley/data
ENTRYPOINT ["deno", "task", "--quiet"]
CMD ["start"]
