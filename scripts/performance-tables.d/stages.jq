# SPDX-License-Identifier: Apache-2.0
"| stage | share |", "|---|---|",
(.compiler.stageShares // {} | to_entries[] | select(.value >= 0.0005) | "| \(.key) | \(.value * 1000 | round / 10) % |")
