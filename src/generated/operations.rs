crate::operation::operations! {
    GET_BUSINESS = "business.get getBusiness GET /api/v1/business read:businesses";
    GET_USERS = "users.list getUsers GET /api/v1/users read:users ?page_size~:i,user_id~:c,next_token~,email~:c,has_organization~:b";
    UPDATE_USER = "users.update updateUser PATCH /api/v1/user update:users ?id! @J{given_name,family_name,is_suspended:b,provided_id}";
    ADD_ORGANIZATION_USERS = "organizations.users.add AddOrganizationUsers POST /api/v1/organizations/{org_code}/users create:organization_users @j{users[{id,roles[],permissions[]}]}";
    ADD_LOGO = "environment.logos.add AddLogo PUT /api/v1/environment/logos/{type(dark|light)} update:environments @M{logo!:x}";
    SEARCH_USERS = "search.users searchUsers GET /api/v1/search/users read:users ?page_size~:i,query~,properties<[]>,starting_after~,ending_before~,expand~:c";
    INTROSPECT = "oauth.introspect tokenIntrospection POST /oauth2/introspect  @F{token!,token_type_hint(access_token|refresh_token)}";
}
