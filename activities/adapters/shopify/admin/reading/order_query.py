"""All of an order that its reading needs, asked for by GraphQL; its lines page by page."""

ORDER = """
query order($id: ID!, $after: String) {
  order(id: $id) {
    id name createdAt processedAt cancelledAt updatedAt currencyCode presentmentCurrencyCode taxesIncluded test
    displayFinancialStatus email phone note poNumber tags discountCodes checkoutToken paymentGatewayNames
    customAttributes { key value }
    totalPriceSet { ...sums } currentTotalPriceSet { ...sums } totalOutstandingSet { ...sums }
    totalTaxSet { ...sums } totalDiscountsSet { ...sums } totalTipReceivedSet { ...sums }
    originalTotalDutiesSet { ...sums } originalTotalAdditionalFeesSet { ...sums }
    taxLines { ...tax }
    additionalFees { name price { ...sums } taxLines { ...tax } }
    discountApplications(first: 100) {
      nodes {
        index
        ... on DiscountCodeApplication { code }
        ... on ManualDiscountApplication { title description }
        ... on AutomaticDiscountApplication { title }
        ... on ScriptDiscountApplication { title }
      }
    }
    shippingLines(first: 20, includeRemovals: true) {
      nodes {
        title code deliveryCategory isRemoved originalPriceSet { ...sums } discountedPriceSet { ...sums }
        discountAllocations { ...reduction } taxLines { ...tax }
      }
    }
    lineItems(first: 100, after: $after) {
      nodes {
        id sku name title quantity currentQuantity unfulfilledQuantity taxable isGiftCard requiresShipping
        variant { id } product { id } originalUnitPriceSet { ...sums }
        discountAllocations { ...reduction } taxLines { ...tax } customAttributes { key value }
        duties { id price { ...sums } taxLines { ...tax } }
      }
      pageInfo { hasNextPage endCursor }
    }
    transactions(first: 250) { id kind status gateway authorizationCode amountSet { ...sums } }
    paymentTerms { dueInDays }
    customer { id firstName lastName defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }
    purchasingEntity { ... on PurchasingCompany { company { id } location { id } } }
    billingAddress { ...place }
    shippingAddress { ...place }
    risk { recommendation }
  }
}
fragment sums on MoneyBag {
  shopMoney { amount currencyCode } presentmentMoney { amount currencyCode }
}
fragment tax on TaxLine { title rate priceSet { ...sums } }
fragment reduction on DiscountAllocation { allocatedAmountSet { ...sums } discountApplication { index } }
fragment place on MailingAddress {
  name firstName lastName company address1 address2 city province provinceCode zip country countryCodeV2 phone
}
"""
