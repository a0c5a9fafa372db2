# SPDX-License-Identifier: Apache-2.0
"| what | figure | how |", "|---|---|---|", (.byHand[] | "| \(.what) | \(.figure) | \(.how) |")
