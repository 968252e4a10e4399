#!/usr/bin/env bash
# Deploys all stacks of out/ into an environment, in the order of the manifest: deploy.sh ENVIRONMENT
#
# For GitHub Actions and GitLab CI. The blocks are those of docs/hand-over.md, which explains them; README.md beside this
# file lists the variables.
set -euo pipefail
export AWS_PAGER=""
case $(aws --version 2>&1) in
  aws-cli/2.*) ;;
  *) echo "AWS CLI version 2 is needed." >&2; exit 1 ;;
esac
value() { # value COMMAND...
  local output
  output=$("$@") || return
  case $output in
    "" | None | null) echo "Nothing found: $*" >&2; return 1 ;;
  esac
  printf '%s\n' "$output"
}
account_of() { # account_of ENVIRONMENT REGION: the account of the caller; fails if it is not the one of the manifest
  local actual stated
  actual=$(value aws sts get-caller-identity --region "$2" --query Account --output text) || return
  stated=$(jq -r --arg environment "$1" '.accounts[$environment] // empty' out/stacks.json) || return
  case $stated in
    "" | "$actual") printf '%s\n' "$actual" ;;
    *) echo "$1 belongs to account $stated, but the caller is in account $actual." >&2; return 1 ;;
  esac
}
environment=${1:?Name the environment, such as prod.}
. "$(dirname "$0")/identity.sh"
(cd out && jq -er '.files | to_entries[] | "\(.value.sha256)  \(.key)"' stacks.json | sha256sum --check --quiet)

failed_events() { # failed_events REGION OPTION NAME [SINCE]: what failed in a change set or a stack, and why
  aws cloudformation describe-events --region "$1" "$2" "$3" --filters FailedEvents=true --output text --query \
    "OperationEvents[?Timestamp >= '${4:-}'].[Timestamp, ResourceStatus || EventType, LogicalResourceId || '-', ValidationPath || '-',
    ValidationStatusReason || HookStatusReason || ResourceStatusReason || '-']"
}
rollback_reason() { # rollback_reason REGION STACK SINCE: why a deploy was rolled back, such as an alarm
  aws cloudformation describe-stack-events --region "$1" --stack-name "$2" --output text --query \
    "StackEvents[?Timestamp >= '$3' && ResourceType == 'AWS::CloudFormation::Stack' && ends_with(ResourceStatus, 'ROLLBACK_IN_PROGRESS')]
    .[Timestamp, ResourceStatus, ResourceStatusReason || '-']"
}
failed_change_set() { # failed_change_set REGION STACK: what failed in its newest failed change set, and why
  local changes
  changes=$(value aws cloudformation list-change-sets --region "$1" --stack-name "$2" --output json \
    --query "sort_by(Summaries[?Status=='FAILED'], &CreationTime)[-1].ChangeSetId") || return
  failed_events "$1" --change-set-name "${changes//\"/}"
}
validation_warnings() { # validation_warnings CHANGE_SET: validations that failed or were skipped without stopping it
  local region status=0
  region=$(cut -d: -f4 <<< "$1")
  aws cloudformation describe-events --region "$region" --change-set-name "$1" --output text --query \
    "OperationEvents[?ValidationFailureMode == 'WARN'].['Warning', ValidationStatus, LogicalResourceId || '-',
    ValidationPath || '-', ValidationStatusReason || '-']" || status=$?
  case $status in # warnings that cannot be read do not stop a deploy
    0) ;;
    252) echo "Validations are not shown: update the AWS CLI to a version with cloudformation describe-events." >&2 ;;
    *) echo "Validations are not shown: see the error above." >&2 ;;
  esac
}
deployed() { # deployed REGION STACK PARAMETER: its value, or "nothing" if the stack is not deployed
  local found
  found=$(value aws cloudformation describe-stacks --region "$1" --stack-name "$2" --output text \
    --query "Stacks[0].[StackStatus, Parameters[?ParameterKey=='$3'].ParameterValue | [0]]" 2>&1) || {
    case $found in *"does not exist"*) echo nothing; return ;; esac
    echo "$found" >&2
    return 1
  }
  case ${found/[[:space:]]/ } in
    REVIEW_IN_PROGRESS* | ROLLBACK_COMPLETE* | "IMPORT_COMPLETE None") echo nothing ;;
    "CREATE_COMPLETE "[a-z]* | "UPDATE_COMPLETE "[a-z]* | "UPDATE_ROLLBACK_COMPLETE "[a-z]* | "IMPORT_COMPLETE "[a-z]*)
      echo "${found##*[[:space:]]}" ;;
    *) echo "$2, status and $3: $found. Wait until its deploy is over, or repair it." >&2; return 1 ;;
  esac
}
origin_key() { # origin_key CHANGE_SET: fails if the API would reject the key that CloudFront sends
  (
    set -euo pipefail
    region=$(cut -d: -f4 <<< "$1")
    name=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$1" \
      --query StackName --output text)
    case $name in
      *-api) mine=OriginKeys theirs=OriginKey other=${name%-api}-frontend place=us-east-1 ;;
      *-frontend) mine=OriginKey theirs=OriginKeys other=${name%-frontend}-api place=ap-northeast-1 ;;
      *) exit 0 ;;
    esac
    new=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$1" \
      --query "Parameters[?ParameterKey=='$mine'].ParameterValue" --output text)
    there=$(deployed "$place" "$other" "$theirs")
    case $mine:$new:$there in
      OriginKeys:*:nothing) exit 0 ;; # CloudFront sends no key yet
      *:a:a | *:b:b | *:both:[ab] | *:[ab]:both) ;;
      *) echo "$mine would be $new, and $theirs of $other is $there: the API would reject every request." >&2; exit 1 ;;
    esac
    if [ "$mine" = OriginKeys ]; then exit 0; fi
    secret=${other%-api}-origin-api-key-$new
    for _ in {1..40}; do # ten minutes
      newest=$(value aws secretsmanager list-secret-version-ids --region "$place" --secret-id "$secret" \
        --query "Versions[?contains(VersionStages, 'AWSCURRENT')].VersionId" --output text)
      copy=$(value aws secretsmanager list-secret-version-ids --region us-east-1 --secret-id "$secret" \
        --query "Versions[?contains(VersionStages, 'AWSCURRENT')].VersionId" --output text) || copy=none
      if [ "$copy" = "$newest" ]; then exit 0; fi
      sleep 15
    done
    echo "us-east-1 does not have the newest version of $secret." >&2
    exit 1
  )
}
left_version() { # left_version REGION STACK: the newest Lambda version, if a rolled-back deploy has left it
  local status own versions
  status=$(deployed "$1" "$2" Environment) || return
  if [ "$status" = nothing ]; then return; fi
  own=$(value aws cloudformation list-stack-resources --region "$1" --stack-name "$2" --output json \
    --query "StackResourceSummaries[?ResourceType=='AWS::Lambda::Version'].PhysicalResourceId") || return
  own=$(jq -r '.[0] // ""' <<< "$own") || return
  if [ -z "$own" ]; then return; fi # after an import, the stack has no function yet
  versions=$(value aws lambda list-versions-by-function --region "$1" --function-name "$(cut -d: -f7 <<< "$own")" \
    --query 'Versions[].Version' --output json) || return
  jq -r --argjson own "${own##*:}" 'map(select(. != "$LATEST") | tonumber) | max | select(. > $own)' <<< "$versions"
}

checker=$(preflight_role "$environment")
stacks=$(jq -er '.stacks[].name' out/stacks.json)
for stack in $stacks; do
  echo "== $environment: $stack"
  deployer=${checker%%:role/*}:role/deploy-csr-lambda-api-$environment-$stack-pipeline # in the same account
  as "$deployer"
  entry=$(jq -er --arg stack "$stack" --arg environment "$environment" '.stacks[] | select(.name == $stack)
    | [.region, .template, (.parameterFiles[$environment] // error("no environment " + $environment))] | join(" ")' \
    out/stacks.json)
  read -r region template file <<< "$entry"
  name=csr-lambda-api-$environment-$stack
  account=$(account_of "$environment" "$region")
  bucket=csr-lambda-api-$environment-artifacts-$account-$region
  role=arn:aws:iam::$account:role/deploy-csr-lambda-api-$environment-$stack-service
  version=""                     # of the package, for the api stack
  cp "out/$file" parameters.json # per-deploy values go in here
  if [ "$stack" = api ] && [ -e lambda-deployment-package.zip ]; then
    left=$(left_version "$region" "$name")
    sum=$(sha256sum < lambda-deployment-package.zip)
    kept=package-$environment-${sum%% *}.version
    if [ ! -s "$kept" ] || [ -n "$left" ]; then
      packages=$(value aws cloudformation describe-stacks --region ap-northeast-1 --stack-name "csr-lambda-api-$environment-network" \
        --query "Stacks[0].Outputs[?OutputKey=='LambdaDeploymentsBucketName'].OutputValue" --output text)
      version=$(value aws s3api put-object --region ap-northeast-1 --bucket "$packages" --key lambda-deployment-package.zip \
        --body lambda-deployment-package.zip --checksum-algorithm SHA256 --query VersionId --output text)
      echo "$version" > "$kept"
    fi
    version=$(cat "$kept")
    jq --arg version "$version" '.Parameters.LambdaCodeS3ObjectVersion = $version' "out/parameters/$environment/api.json" > parameters.json
    echo "Version of the package: $version"
  elif [ "$stack" = api ]; then
    left=$(left_version "$region" "$name")
    if [ -n "$left" ]; then
      packages=$(value aws cloudformation describe-stacks --region ap-northeast-1 --stack-name "csr-lambda-api-$environment-network" \
        --query "Stacks[0].Outputs[?OutputKey=='LambdaDeploymentsBucketName'].OutputValue" --output text)
      package=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$name" --output json \
        --query 'Stacks[0].Parameters')
      key=$(jq -er '.[] | select(.ParameterKey == "LambdaCodeS3Key").ParameterValue' <<< "$package")
      from=$(jq -er '.[] | select(.ParameterKey == "LambdaCodeS3ObjectVersion").ParameterValue' <<< "$package")
      version=$(value aws s3api copy-object --region ap-northeast-1 --bucket "$packages" --key "$key" \
        --copy-source "$packages/$key?versionId=$from" --metadata-directive REPLACE --tagging-directive REPLACE \
        --checksum-algorithm SHA256 --query VersionId --output text)
      jq --arg version "$version" '.Parameters.LambdaCodeS3ObjectVersion = $version' "out/parameters/$environment/api.json" > parameters.json
    fi
  fi

  as "$checker"
  csr-templates preflight "$environment" --stack "$stack" ${version:+--parameter "LambdaCodeS3ObjectVersion=$version"}
  csr-templates review --before "deployed:$environment" || [ -n "${INCIDENT:-}" ]
  as "$deployer"

  before=$(deployed "$region" "$name" Environment)
  watched=$(jq -er --arg stack "$stack" --arg environment "$environment" \
    '.stacks[] | select(.name == $stack) | .rollbackTriggers[$environment] // [] | length' out/stacks.json)
  if [ "$before" = nothing ] || [ "$watched" = 0 ]; then
    tags=$(jq -er '.Tags | to_entries[] | "\(.key)=\(.value)"' parameters.json)
    output=$(value aws cloudformation deploy --region "$region" --stack-name "$name" --template-file "out/$template" \
      --s3-bucket "$bucket" --s3-prefix "$stack" --role-arn "$role" --parameter-overrides file://parameters.json \
      --tags $tags --capabilities CAPABILITY_NAMED_IAM --no-execute-changeset 2> deploy-errors.txt) || {
      cat deploy-errors.txt >&2
      if grep -q "Failed to create the changeset" deploy-errors.txt; then failed_change_set "$region" "$name" >&2; fi
      exit 1
    }
    case $output in
      *arn:aws:cloudformation:*) changes=arn:aws:cloudformation:${output##*arn:aws:cloudformation:} ;;
      *"No changes to deploy"*) changes="" ;;
      *) echo "Unexpected output of the AWS CLI: $output" >&2; exit 1 ;;
    esac
  else
    triggers=$(jq -ec --arg stack "$stack" --arg environment "$environment" \
      '.stacks[] | select(.name == $stack) | .rollbackTriggers[$environment] // []' out/stacks.json)
    alarms=$(value aws cloudformation list-stack-resources --region "$region" --stack-name "$name" --output json \
      --query "StackResourceSummaries[?ResourceType=='AWS::CloudWatch::Alarm'].PhysicalResourceId")
    jq -en --argjson triggers "$triggers" --argjson alarms "$alarms" --arg prefix "arn:aws:cloudwatch:$region:$account:alarm:" \
      '{MonitoringTimeInMinutes: 15, RollbackTriggers: [$triggers[] | select(IN($alarms[]))
      | {Arn: ($prefix + .), Type: "AWS::CloudWatch::Alarm"}]}' > rollback.json
    if [ -n "${INCIDENT:-}" ]; then echo '{"MonitoringTimeInMinutes": 0, "RollbackTriggers": []}' > rollback.json; fi
    kept=$(jq -ec --arg stack "$stack" '.stacks[] | select(.name == $stack) | .perDeploy' out/stacks.json)
    jq -e --argjson kept "$kept" '.Parameters as $given | [$given | to_entries[] | {ParameterKey: .key, ParameterValue: .value}]
      + [$kept[] | select(in($given) | not) | {ParameterKey: ., UsePreviousValue: true}]' parameters.json > change-set-parameters.json
    jq -e '[.Tags | to_entries[] | {Key: .key, Value: .value}]' parameters.json > change-set-tags.json
    digest=$(sha256sum < "out/$template")
    object=$stack/${digest%% *}.template
    aws s3api put-object --region "$region" --bucket "$bucket" --key "$object" --body "out/$template"
    changes=$(value aws cloudformation create-change-set --region "$region" --stack-name "$name" --change-set-type UPDATE \
      --change-set-name "release-$(date -u +%Y%m%d-%H%M%S)" --template-url "https://$bucket.s3.$region.amazonaws.com/$object" \
      --parameters file://change-set-parameters.json --tags file://change-set-tags.json --role-arn "$role" \
      --capabilities CAPABILITY_NAMED_IAM --rollback-configuration file://rollback.json --query Id --output text)
    aws cloudformation wait change-set-create-complete --region "$region" --change-set-name "$changes" || {
      reason=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$changes" \
        --query StatusReason --output text)
      case $reason in
        *"The submitted information didn't contain changes"* | *"No updates are to be performed"*) changes="" ;;
        *)
          echo "The change set has failed: $reason" >&2
          failed_events "$region" --change-set-name "$changes" >&2
          exit 1
          ;;
      esac
    }
  fi

  if [ -n "$changes" ]; then
    found=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$changes" --output json \
      --query 'Changes[].ResourceChange.[Action,LogicalResourceId,ResourceType,Replacement]')
    jq -r '.[] | map(. // "-") | join("  ")' <<< "$found"
    validation_warnings "$changes"
    refused=$(jq -r --arg stack "$stack" --arg accepted "${ACCEPTED:-}" '
      [.[] | select(.[0] == "Add") | .[2]] as $added
      | def is_copy: (.type | IN("AWS::Lambda::Version", "AWS::ApiGateway::Deployment"))
          and (.action == "Modify" or (.type | IN($added[])));
      [.[] | {action: .[0], name: ($stack + "." + .[1]), type: .[2], replaced: .[3]}
      | select((.action | IN("Add", "Modify") | not) or (.replaced | IN("True", "Conditional")))
      | select(is_copy | not)
      | select(.name as $name | $accepted | split(" ") | index([$name]) | not)
      | "\(.action) \(.name)"] | join(", ")' <<< "$found")
    if [ -n "$refused" ]; then
      echo "The change set removes or replaces resources that are not in ACCEPTED: $refused ($changes)" >&2
      exit 1
    fi
  fi
  if [ -z "$changes" ]; then
    echo "Nothing to deploy."
  else
    if [ "$stack" = database ] && [ "$before" != nothing ]; then
      snapshot=csr-lambda-api-$environment-before-deploy-$(date -u +%Y%m%d-%H%M%S)
      aws rds create-db-cluster-snapshot --region ap-northeast-1 \
        --db-cluster-identifier "csr-lambda-api-$environment-aurora-cluster" --db-cluster-snapshot-identifier "$snapshot"
      as "$deployer" # the credentials last an hour
      if ! aws rds wait db-cluster-snapshot-available --region ap-northeast-1 --db-cluster-snapshot-identifier "$snapshot"; then
        as "$deployer"
        aws rds wait db-cluster-snapshot-available --region ap-northeast-1 --db-cluster-snapshot-identifier "$snapshot" # 30 minutes each
      fi
    fi
    status=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$name" \
      --query 'Stacks[0].StackStatus' --output text)
    since=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$changes" \
      --query CreationTime --output text)
    origin_key "$changes"
    as "$deployer" # the wait for the stack takes up to an hour
    aws cloudformation execute-change-set --region "$region" --change-set-name "$changes"
    operation=update
    if [ "$status" = REVIEW_IN_PROGRESS ]; then operation=create; fi # the first time
    aws cloudformation wait "stack-$operation-complete" --region "$region" --stack-name "$name" || {
      as "$deployer" # the wait may have used up the hour
      rollback_reason "$region" "$name" "$since" >&2
      failed_events "$region" --stack-name "$name" "$since" >&2
      exit 1
    }
  fi

  as "$deployer" # a long deploy may have used it up
  aws cloudformation update-termination-protection --region "$region" --stack-name "$name" --enable-termination-protection
  aws cloudformation set-stack-policy --region "$region" --stack-name "$name" \
    --stack-policy-body "file://out/stack-policies/$stack.json"
done

as "$checker"
csr-templates verify "$environment"
