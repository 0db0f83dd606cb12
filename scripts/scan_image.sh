#!/bin/sh
# scan_image.sh REPOSITORY DIGEST
#
# Waits for the scan that ECR makes of a pushed image, prints how many findings it has of each
# severity, and fails with a critical one, or where there is no scan.
set -eu

if [ $# -ne 2 ]; then
    echo 'usage: scan_image.sh REPOSITORY DIGEST' >&2
    exit 2
fi

aws ecr wait image-scan-complete --repository-name "$1" --image-id "imageDigest=$2"
findings=$(aws ecr describe-image-scan-findings --repository-name "$1" \
    --image-id "imageDigest=$2" --max-items 1 \
    --query 'imageScanFindings.findingSeverityCounts' --output json)
printf '%s: %s\n' "$2" "$(printf '%s' "$findings" | tr -d ' \n')"
case $findings in
    *'"CRITICAL"'*)
        echo 'scan_image.sh: the image has critical findings' >&2
        exit 1
        ;;
esac
