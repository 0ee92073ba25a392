"""Adobe Commerce (Magento 2) orders, and recorded ones of Magento 1."""
