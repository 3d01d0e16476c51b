# The image of the admission server, of the controllers and of the command line: docker build -t registry.example.com/platform/weir:0.1.0 .
# For a release, give both base images by digest, as .github/workflows/image.yaml does.
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG RUN_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /weir
COPY . .
# npm ci builds; what only the build needs goes again
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM ${RUN_IMAGE}
WORKDIR /weir
COPY --from=build /weir/package.json /weir/LICENSE ./
COPY --from=build /weir/bin bin
COPY --from=build /weir/dist dist
COPY --from=build /weir/policies policies
COPY --from=build /weir/node_modules node_modules
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/weir/bin/weir.js"]
CMD ["--help"]
