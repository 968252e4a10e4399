#!/usr/bin/env bash
# Verifies each environment that NIGHTLY_ROLES names, with the drift of its stacks, and prints the reports as Markdown.
set -euo pipefail
PREFLIGHT_ROLES=${NIGHTLY_ROLES:?Name the role of each environment, as README.md says.}
. "$(dirname "$0")/identity.sh"
environments=$(jq -r 'keys[]' <<< "$NIGHTLY_ROLES")
failed=""
for environment in ${environments:?NIGHTLY_ROLES names no role.}; do
  role=$(preflight_role "$environment")
  as "$role"
  csr-templates verify "$environment" --detect-drift --format markdown || failed="$failed $environment"
done
if [ -n "$failed" ]; then
  echo "These environments are not as they were deployed, do not work, or could not be judged:$failed" >&2
  exit 1
fi
