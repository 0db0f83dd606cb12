#!/bin/sh
# deliver.sh [--rollback] IMAGE
#
# Puts IMAGE (repository@sha256:…) into service on ECS: registers the task definitions of .aws/,
# runs the migration and waits for its exit code 0, then changes the services and waits until they
# are stable. A failed migration changes no service. With --rollback, for the image that ran
# before, nothing is migrated: an older image does not know the newer schema, and works with it.
#
# In the environment: the names of the task definitions (docs/ci-cd.md lists them) and, if the
# cluster is called otherwise, CLUSTER. Says on the standard output what it registered.
set -eu

cluster=${CLUSTER:-talelio}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
migrate=true

refuse() {
    printf 'deliver.sh: %s\n' "$1" >&2
    exit 1
}

if [ "${1:-}" = --rollback ]; then
    migrate=false
    shift
fi
if [ $# -ne 1 ]; then
    echo 'usage: deliver.sh [--rollback] IMAGE' >&2
    exit 2
fi
# A tag can come to mean another image between the migration and the services; a digest cannot.
if ! printf '%s\n' "$1" | grep -Eq '^[^@[:space:]]+@sha256:[0-9a-f]{64}$'; then
    refuse "$1 is not repository@sha256:…"
fi
IMAGE=$1
export IMAGE

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# register FAMILY: prints the ARN of the new revision.
register() {
    aws ecs register-task-definition --cli-input-json "file://$scratch/$1.json" \
        --query taskDefinition.taskDefinitionArn --output text
}

# run_to_the_end DEFINITION: a task on its own; fails with it.
run_to_the_end() {
    task=$(aws ecs run-task --cluster "$cluster" --task-definition "$1" --count 1 \
        --started-by deliver --query 'tasks[0].taskArn' --output text)
    case $task in
        arn:*) ;;
        *) refuse "no room for $1 on the cluster $cluster" ;;
    esac
    aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task" ||
        refuse "$task does not end; no service was changed"
    code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" \
        --query 'tasks[0].containers[0].exitCode' --output text)
    if [ "$code" != 0 ]; then
        refuse "$task ended with exit code $code (log group /talelio/migrate); no service was changed"
    fi
}

# put_into_service SERVICE DEFINITION
put_into_service() {
    aws ecs update-service --cluster "$cluster" --service "$1" --task-definition "$2" \
        --query service.serviceName --output text
}

# serves SERVICE DEFINITION: a service that went back to its former definition is stable too.
serves() {
    now=$(aws ecs describe-services --cluster "$cluster" --services "$1" \
        --query "services[0].deployments[?status=='PRIMARY'].taskDefinition | [0]" --output text)
    if [ "$now" != "$2" ]; then
        refuse "$1 went back to $now; its events and the log group say why"
    fi
}

# All of them before anything is changed: a name that is missing must not be noticed half-way.
for family in talelio-backend-migrate talelio-backend-worker talelio-backend-api; do
    python3 "$here/render_task_definition.py" \
        "$here/../.aws/$family-task-definition.json" > "$scratch/$family.json"
done
if $migrate; then
    definition=$(register talelio-backend-migrate)
    echo "migrating with $definition"
    run_to_the_end "$definition"
fi
worker=$(register talelio-backend-worker)
api=$(register talelio-backend-api)
put_into_service talelio-backend-worker "$worker"
put_into_service talelio-backend-api "$api"
aws ecs wait services-stable --cluster "$cluster" \
    --services talelio-backend-worker talelio-backend-api ||
    refuse 'the services are not stable within ten minutes'
serves talelio-backend-worker "$worker"
serves talelio-backend-api "$api"
printf 'in service: %s\n' "$IMAGE" "$worker" "$api"
