#!/bin/sh
# Makes the namespace and the search attributes by which every stuck order is one query away; safe to run again.
set -eu

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 30d

attribute() {
  temporal operator search-attribute list | grep -qw "$1" ||
    temporal operator search-attribute create --name "$1" --type "$2"
}

attribute OrderStatus Keyword
attribute HoldReason KeywordList
attribute Channel Keyword
attribute CustomerId Keyword
attribute WaitingOn Keyword
attribute OrderValue Double
