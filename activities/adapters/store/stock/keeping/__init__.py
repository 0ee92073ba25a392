"""What has to be done about stock as time goes by."""
