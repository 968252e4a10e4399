#!/usr/bin/env bash
# Checks the account of each environment that PREFLIGHT_ROLES names, and prints the reports as Markdown.
set -euo pipefail
. "$(dirname "$0")/identity.sh"
environments=$(jq -r 'keys[]' <<< "$PREFLIGHT_ROLES")
failed=""
for environment in ${environments:?PREFLIGHT_ROLES names no role.}; do
  role=$(preflight_role "$environment")
  as "$role"
  csr-templates preflight "$environment" --format markdown || failed="$failed $environment"
done
if [ -n "$failed" ]; then
  echo "These accounts would not take the templates, or could not be judged:$failed" >&2
  exit 1
fi
