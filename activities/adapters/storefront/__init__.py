"""What Shopify and WooCommerce have in common: shoppers' text, words, amounts, envelopes and signatures."""
