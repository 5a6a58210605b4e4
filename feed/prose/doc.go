package prose
